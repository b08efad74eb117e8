/** Style sheet of what the second file adds: plates, bubbles, panels. */
export const MORE_STYLES = `
.send{position:absolute;inset-inline-end:3px;inset-block:3px;width:34px;color:var(--accent)}:host(:dir(rtl)) .send{transform:scaleX(-1)}
.weather{pointer-events:none;width:100%;height:116px}
.notice,input:placeholder-shown{direction:inherit}.notice{overflow-wrap:anywhere}
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
.mine{background:color-mix(in srgb,var(--lamp) 14%,var(--paper))}
.typing{padding:6px 9px;letter-spacing:2px;line-height:8px;height:20px;color:var(--faint)}.typing>span{display:block}
.chips .more{inset-block-start:61px!important;min-width:44px}
.scene>.more{direction:ltr;inset:2px 8px auto auto;height:22px;padding:0 9px;font-size:12px}
:is(:has(~.over-left)>.left,:has(~.over-right)>.right):not(:focus-visible){opacity:0}
.ribbon{inset:3px auto auto 50%!important;z-index:1;transform:translateX(-50%);display:flex;gap:10px;align-items:center;max-width:94%;white-space:nowrap;background:var(--paper);border-radius:14px;padding:0 12px;min-height:26px;box-shadow:inset 0 0 0 1.4px var(--lamp)}
.ribbon.remark{box-shadow:inset 0 0 0 1px var(--faint);white-space:normal;padding-block:3px;line-height:1.25;text-align:center;width:max-content}
.ribbon.lower{top:33px!important}
.labels:has(.bubble){z-index:2}.ribbon.remark,.ribbon:focus-within{z-index:3}
@container (max-width:559px){.ribbon{max-width:calc(100% - 116px);gap:8px;padding:0 9px}}
.ribbon .at{overflow:hidden;text-overflow:ellipsis;font-weight:600}.ribbon .at::before{content:"◦";margin-inline-end:6px;color:var(--accent)}
.ribbon a,.ribbon button{color:var(--accent);text-decoration:underline;text-underline-offset:3px;min-height:24px;line-height:24px;border-radius:4px}
.ghost{pointer-events:none}.ghost>*{position:absolute;inset:0;width:100%;height:100%}
path.theirs{stroke-width:1.5;opacity:.75}.plate.theirs{color:var(--faint)}
.head{fill:var(--paper);stroke-width:1.4}
@media (pointer:coarse){.ribbon:not(.remark){align-items:start;line-height:26px;background:none;box-shadow:none}.ribbon:not(.remark)::before{content:"";position:absolute;inset:0 0 auto;height:26px;z-index:-1;background:var(--paper);border-radius:14px;box-shadow:inset 0 0 0 1.4px var(--lamp)}.ribbon a,.ribbon button{line-height:26px;padding:0 4px 18px}}
.panel{position:fixed;inset:auto;margin:0;width:min(336px,100vw - 12px);overflow:auto;scrollbar-width:thin;scrollbar-color:var(--faint) #0000;overscroll-behavior:contain;padding:14px 16px 16px;border:0;border-radius:14px;background:var(--paper);color:var(--ink);box-shadow:0 0 0 1.4px var(--ink),0 12px 36px -12px #0006;font-size:14px}
h2{font:600 16px/1.3 var(--ts-sign-font,Palatino,"Palatino Linotype",Georgia,serif);margin:16px 0 6px}.panel h2:first-child{margin-top:0}
p,dl,dd,ul,fieldset,legend{margin:0;padding:0;border:0}
.quiet,legend,.field span,dd,.keys dt{color:var(--faint);font-size:13px}
.tabs,.row{display:flex;gap:8px;align-items:center;margin-bottom:8px}
.tabs button{padding:0 12px;min-height:32px;color:var(--faint)}
.tabs [aria-selected=true]{color:var(--ink);box-shadow:inset 0 0 0 1.4px}
ul{list-style:none}
.list button{display:flex;flex-wrap:wrap;gap:0 8px;align-items:center;width:100%;min-width:0;text-align:start;padding:4px 8px;border-radius:8px;min-height:34px}
.list bdi{max-width:calc(100% - 18px);overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.list .icon{width:14px;height:14px}.list .icon~bdi{max-width:calc(100% - 40px)}
.list li{display:flex;align-items:center}.list .act{flex:none;width:34px;justify-content:center;padding:0;color:var(--faint)}
.card .row{flex-wrap:wrap;margin:10px 0 0}.card .tool{min-height:44px;padding:0 12px}
.dot{flex:none;width:10px;height:14px;border-radius:5px 5px 3px 3px;box-shadow:inset 0 0 0 1.2px var(--ink)}
.list .quiet{margin-inline-start:auto}.list :has(+.act) .quiet{flex-basis:100%;padding-inline-start:18px;line-height:1.2}
.lines p{padding:3px 0;overflow-wrap:anywhere}
.field{display:grid;gap:4px;flex:1;margin-bottom:8px}
.field>:last-child{width:100%;min-height:36px;padding:0 8px;text-overflow:ellipsis;border-radius:8px;background:var(--paper);box-shadow:inset 0 0 0 1.2px var(--faint)}
.row .field{margin:0}.self canvas{width:64px;height:84px}
.coats{display:grid;grid-template-columns:repeat(6,auto);justify-content:start;gap:6px;margin:8px 0}
.coats input{appearance:none;width:30px;height:30px;border-radius:50%;margin:0;cursor:pointer;background:var(--c) padding-box;box-shadow:inset 0 0 0 1.4px var(--ink)}
.coats input:checked{outline:2px solid var(--ink);outline-offset:var(--off,2px)}.coats input:focus-visible{outline-color:var(--accent)}
.switch{display:flex;gap:10px;align-items:center;min-height:36px;cursor:pointer}
.switch input{width:18px;height:18px;accent-color:var(--accent);margin:0;flex:none}
.wide{min-height:36px;padding:0 16px}
dd{grid-column:2}dl{display:grid;grid-template-columns:fit-content(36%) 1fr;gap:4px 12px;margin:6px 0;font-size:13px}
.list button:hover{background:color-mix(in srgb,var(--lamp) 20%,var(--paper))}
@media (pointer:coarse){.coats{gap:0;--off:-4px}.coats input{width:44px;height:44px;border:6px solid #0000}.panel input,.panel select{font-size:16px}.list button,.tabs button,.switch,.wide,.field>:last-child{min-height:44px}.list .act{width:44px}.chips .more::after{content:"";position:absolute;inset:-11px 0}}
@media (forced-colors:active){.plate,.bubble,.gate,.firm,.pill,.say input,.panel,.ribbon,.field>:last-child,.coats input,.dot,[aria-selected=true]{border:1px solid!important}[aria-pressed=true]{border-width:3px!important}.ground{stroke:CanvasText}}
@media (prefers-contrast:more){.town{--faint:var(--ink)!important}}
`;
