/** Style sheet of what `townring-more.js` adds: plates, bubbles, the hills. */
export const MORE_STYLES = `
.send{position:absolute;inset-inline-end:3px;inset-block:3px;width:34px;color:var(--accent)}:host(:dir(rtl)) .send{transform:scaleX(-1)}
.weather{pointer-events:none;width:100%;height:116px}
.notice:lang(ar),input:lang(ar):placeholder-shown{direction:rtl}.notice>*,.notice span{unicode-bidi:plaintext;overflow-wrap:anywhere}
[aria-pressed=true]{background:color-mix(in srgb,var(--accent) 16%,var(--paper));box-shadow:inset 0 0 0 1.6px var(--accent);color:var(--accent)}.menu path{stroke-width:2.6}.say input:not(:placeholder-shown){padding-inline-end:38px}
.prints{stroke-width:1.7}.alone .glow:not(.street){opacity:calc(var(--glow-strength)*1.7)}
.chalk .plank{fill:var(--ink)}.chalk .notes{stroke:var(--paper)}
.labels{contain:size layout style}.plate,.bubble{position:absolute;left:0;top:0;white-space:nowrap;background:var(--paper);color:var(--ink)}
.plate{padding:0 6px;height:17px;line-height:16px;font-size:12px;border-radius:9px;max-width:168px;overflow:hidden;text-overflow:ellipsis}
.me{font-weight:600;box-shadow:inset 0 0 0 1.4px var(--ink)}
.hint,.me{max-width:none}.hint{color:var(--accent)}
.line.me{font-weight:400;box-shadow:none;color:var(--faint)}
.plate .icon{width:11px;height:11px;vertical-align:-1.5px;margin-inline-end:3px}.plate .ring{width:9px;height:9px;vertical-align:-.5px}.plate path{stroke-width:2.2}
.bubble{padding:4px 10px 5px;border-radius:12px;box-shadow:inset 0 0 0 1.4px var(--ink);line-height:1.25}
.bubble>span{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:3;overflow:hidden;white-space:normal;overflow-wrap:anywhere;text-wrap:balance;width:max-content;max-width:220px}
.bubble::after{content:"";position:absolute;left:calc(50% + var(--tail,0px) - 5px);bottom:-5px;width:9px;height:9px;background:inherit;border:solid var(--ink);border-width:0 1.4px 1.4px 0;transform:rotate(45deg)}
.chips .bubble>span{max-width:min(220px,100cqw - 148px)}
.under .bubble>span{-webkit-line-clamp:1;max-width:400px}
.mine{background:color-mix(in srgb,var(--lamp) 14%,var(--paper))}
.typing{padding:6px 9px;letter-spacing:2px;line-height:8px;height:20px;color:var(--faint)}.typing>span{display:block}
.chips .more{inset-block-start:61px!important;min-width:44px}
.scene>.more{direction:ltr;inset:2px 8px auto auto;height:22px;padding:0 9px;font-size:12px}
:is(:has(~.over-left)>.left,:has(~.over-right)>.right):not(:focus-visible){opacity:0}
.ribbon{inset:3px auto auto 50%!important;z-index:1;transform:translateX(-50%);display:flex;gap:10px;align-items:center;max-width:94%;white-space:nowrap;background:var(--paper);border-radius:14px;padding:0 12px;min-height:26px;box-shadow:inset 0 0 0 1.4px var(--lamp)}
.ribbon.remark{box-shadow:inset 0 0 0 1px var(--faint);white-space:normal;padding-block:3px;line-height:1.25;text-align:center;width:max-content}
.ribbon.lower,.remark:has(~.notice>.firm){top:33px!important}
.ribbon:not([hidden])~.notice>.plain{opacity:0}.labels:has(.bubble){z-index:2}.ribbon.remark,.ribbon:focus-within{z-index:3}.chips .ribbon.lower{z-index:1}
@container (max-width:559px){.ribbon{max-width:calc(100% - 116px);gap:8px;padding:0 9px}}
.ribbon .at{overflow:hidden;text-overflow:ellipsis;font-weight:600}.ribbon .at::before{content:"◦";margin-inline-end:6px;color:var(--accent)}
.ribbon .along{color:var(--faint)}@container (max-width:759px){.ribbon .along{display:none}}
.ribbon a,.ribbon button{color:var(--accent);text-decoration:underline;text-underline-offset:3px;min-height:24px;line-height:24px;border-radius:4px}
.ghost{pointer-events:none}.ghost>*{position:absolute;inset:0;width:100%;height:100%}
path.theirs{stroke-width:1.5;opacity:.75}.plate.theirs{color:var(--faint)}
.head{fill:var(--paper);stroke-width:1.4}
@media (pointer:coarse){.chips .more::after{content:"";position:absolute;inset:-11px 0}.ribbon:not(.remark){align-items:start;line-height:26px;background:none;box-shadow:none}.ribbon:not(.remark)::before{content:"";position:absolute;inset:0 0 auto;height:26px;z-index:-1;background:var(--paper);border-radius:14px;box-shadow:inset 0 0 0 1.4px var(--lamp)}.ribbon a,.ribbon button{line-height:26px;padding:0 4px 18px}}
@media (forced-colors:active){.plate,.bubble,.gate,.firm,.pill,.say input,.ribbon{border:1px solid!important}[aria-pressed=true]{border-width:3px!important}.ground{stroke:CanvasText}}
@media (prefers-contrast:more){.town{--faint:var(--ink)!important}}
`;
