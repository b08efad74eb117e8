/** Style sheet of what stands on the street and hangs at its ends. */
export const STREET_STYLES = `
.ridge{stroke:var(--faint);stroke-width:1.2;opacity:.42}.far{opacity:.2}
.soft{stroke:var(--faint);stroke-width:1.1;opacity:.7}.pebbles{opacity:.34}
.strong{stroke-width:2.1}
.crown{fill:var(--leaf)}.trunk,.plank,.lamp{fill:var(--paper)}.trunk{stroke:none}
.lit{fill:var(--lamp)}.low{fill:color-mix(in srgb,var(--lamp) 34%,var(--paper))}.moon{fill:var(--lamp)}
circle.glow{stroke:none;opacity:var(--glow-strength);fill:url(#glow)}
.mist{stroke:var(--faint);stroke-width:7;opacity:.16}
.offline .glow{opacity:0}.offline .lamp{fill:var(--paper)}
.gate{position:absolute;left:0;top:0;white-space:nowrap;background:var(--paper);color:var(--ink);display:flex;align-items:center;gap:5px;height:24px;padding:0 6px;max-width:min(196px,max(153px,50cqw - 609px));text-decoration:none;border-radius:4px;box-shadow:inset 0 0 0 1.4px var(--ink);pointer-events:auto}
.name{overflow:hidden;text-overflow:ellipsis;font:600 14px/1.3 var(--serif)}
.n{font-weight:600;color:var(--accent)}
.gate .icon{width:12px;height:12px}.gate path{stroke-width:2.2}
.gate.left .icon{transform:scaleX(-1)}
.gate::before,.gate::after{content:"";position:absolute;pointer-events:none;border:solid var(--ink);border-width:0}
.gate::before{inset:-6px 14px auto;height:6px;border-width:0 1.2px}
.gate::after{top:-7px;left:6px;right:var(--rod);border-top-width:1.5px}.gate.right::after{left:var(--rod);right:6px}
.loose::before,.gate.loose::after{border:0}
.gate:hover{background:color-mix(in srgb,var(--lamp) 20%,var(--paper))}
.dark,.dark .n{color:var(--faint);font-weight:400}.dark .n{font-size:12px}
.chips .gate{min-width:44px;height:32px;justify-content:center;border-radius:16px;padding:0 8px}
.chips .gate::after{inset:-6px;pointer-events:auto}
`;
