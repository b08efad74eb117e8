/** Style sheet of the panels. */
export const PANEL_STYLES = `
.panel{position:fixed;inset:auto;margin:0;width:min(336px,100vw - 12px);overflow:auto;scrollbar-width:thin;scrollbar-color:var(--faint) #0000;overscroll-behavior:contain;padding:14px 16px 16px;border:0;border-radius:14px;background:var(--paper);color:var(--ink);box-shadow:0 0 0 1.4px var(--ink),0 12px 36px -12px #0006;font-size:14px}
h2{font:600 16px/1.3 var(--serif);margin:16px 0 6px}.panel h2:first-child{margin-top:0}
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
.list .quiet{margin-inline-start:auto}.list :has(+.act) .quiet{flex-basis:100%;line-height:1.2}.list :has(+.act) .dot~.quiet{padding-inline-start:18px}
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
@media (pointer:coarse){.coats{gap:0;--off:-4px}.coats input{width:44px;height:44px;border:6px solid #0000}.panel input,.panel select{font-size:16px}.list button,.tabs button,.switch,.wide,.field>:last-child{min-height:44px}.list .act{width:44px}}
@media (forced-colors:active){.panel,.field>:last-child,.coats input,.dot,[aria-selected=true]{border:1px solid!important}}
`;
