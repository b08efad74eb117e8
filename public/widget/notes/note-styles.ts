/** Style sheet of notes, and of the button that asks for one. */
export const NOTE_STYLES = `
.pinned{display:grid;gap:6px;margin-block:4px 12px}
.pinned li{padding:6px 10px;border-radius:4px;background:color-mix(in srgb,var(--lamp) 16%,var(--paper));overflow-wrap:anywhere}
.write{display:grid;gap:8px;justify-items:start;margin-top:14px}.write>.field{margin:0;width:100%}
.notice>.offer{margin-top:1px;padding:2px 12px;min-height:26px;pointer-events:auto;color:var(--accent)}
.notice:has(>.offer){flex-wrap:wrap;align-content:start;gap:0 2px}.chips .notice:has(>.offer){align-content:safe center}
.labels:has(.bubble)~.notice>.offer{opacity:0;pointer-events:none}
`;
