/** The widget's style sheet. Colours are set on .town from the palette in use; owners override the `--ts-*` properties. */
export const STYLES = `
:host{display:block!important;contain:layout paint style!important;min-height:var(--ts-height,148px)!important;container-type:inline-size!important}
:host([hidden]),[hidden]{display:none!important}
*,*::before,*::after{box-sizing:border-box}
.town{all:initial;--serif:var(--ts-sign-font,Palatino,"Palatino Linotype",Georgia,serif);visibility:inherit;min-height:inherit;display:flex;flex-direction:column;color:var(--ink);font:400 13px/1.35 var(--ts-font,system-ui,sans-serif);text-size-adjust:none}
:host(:is([height=compact],[watch])){min-height:var(--ts-height,116px)!important}
:host([height=compact]) .town{position:relative}:host([height=compact]) .bar{position:absolute;inset:auto 0 0;opacity:0}:host([height=compact]) .town:is(:hover,:focus-within) .bar{opacity:1}
.scene{position:relative;flex:1 0 116px;overflow:clip}
.scene>*,.stage>*{position:absolute;inset:0}
.stage{touch-action:pan-y;user-select:none;-webkit-user-select:none;-webkit-tap-highlight-color:transparent}
.stage>*{pointer-events:none;display:block;width:100%;height:100%}
:focus{outline:0}
:focus-visible{outline:2px solid var(--accent);outline-offset:1px}
.stage:focus-visible{outline-offset:-3px;border-radius:8px}
path,circle{fill:none;stroke-linecap:round;stroke-linejoin:round;stroke:var(--ink);stroke-width:1.5}
.ground{stroke:url(#fade);stroke-width:1.7}
.labels,.signs,.notice{pointer-events:none;direction:ltr}
.notice{display:flex;justify-content:center;align-items:start}
.notice>div{margin-top:1px;display:flex;gap:8px;align-items:center;background:var(--paper);border-radius:14px;padding:2px 12px;min-height:26px;max-width:92%}
.notice>.plain{color:var(--faint);background:none;text-shadow:0 0 3px var(--paper),0 0 3px var(--paper),0 0 3px var(--paper),0 0 3px var(--paper)}
.notice>.firm{box-shadow:0 0 0 1px var(--faint);pointer-events:auto}
.notice button{min-height:22px;padding:0 9px;flex:none}
.notice>div:has(>span:empty){background:none;box-shadow:none}
.chips .notice{bottom:auto;height:56px;align-items:safe center;padding:0 63px;text-align:center;line-height:1.15}
.chips .notice>div{max-width:none;padding:2px 6px;gap:4px;text-wrap:balance}
.labels:has(.bubble)~.notice>.plain{opacity:0}
button,.gate,input,select{font:inherit;color:inherit}
button{border:0;background:none;cursor:pointer;border-radius:99px;padding:0}
.pill,.notice button,.say input{background:var(--paper);box-shadow:inset 0 0 0 1.2px var(--faint)}
.pill:hover,.notice button:hover,.say input:focus{box-shadow:inset 0 0 0 1.6px var(--ink)}
.icon{width:17px;height:17px;flex:none}.icon path{stroke:currentColor}
.bar{display:flex;gap:6px;height:32px;padding:0 8px 3px}
.say{position:relative;flex:1;min-width:0}
input,select{border:0}
.say input{width:100%;height:100%;border-radius:99px;padding-block:0;padding-inline:14px}
::placeholder{color:var(--faint);opacity:1}:placeholder-shown{text-overflow:ellipsis}
.tool{display:flex;align-items:center;justify-content:center;gap:5px;min-width:36px;padding:0 10px}
.bare{padding:0}[aria-disabled=true]{color:var(--faint);cursor:default}.tool:has(.count){min-width:60px}.count:empty::before{content:"0";visibility:hidden}
.vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (pointer:coarse){.notice button{position:relative;min-height:28px;min-width:44px}.notice button::after{content:"";position:absolute;inset:-8px 0}.bar{height:44px;padding-bottom:0}.tool{min-width:44px}.say input{font-size:16px}:host{min-height:var(--ts-height,160px)!important}}
@container (max-width:559px){.bar{height:44px;gap:3px;padding:0 4px}::placeholder{font-size:14px}.tool{min-width:44px;padding:0 6px}.tool:has(.count){min-width:48px}.say input{font-size:16px;padding-inline:10px}.word{display:none}}
@media print{:host{display:none!important}}
`;
