/* The style of the report's page; the page allows this very text by its hash, and no other. */
#pragma once

/* SHA-256 of REPORT_STYLE in base64; tests/cli/report.py computes it anew. */
#define REPORT_STYLE_HASH "sha256-c7D5dm2B6MfPywlqOsUgl5BGb5kuuZmpeT81DCs83+w="

/* clang-format off */
#define REPORT_STYLE \
	":root{color-scheme:light dark;--line:#8a8f98;--bar:#2f6fb2;--soft:#f1f3f5}\n" \
	"@media(prefers-color-scheme:dark){:root{--bar:#7db3ea;--soft:#22262b}}\n" \
	"body{margin:0;font:1rem/1.5 system-ui,sans-serif;background:Canvas;color:CanvasText}\n" \
	"main{max-width:80rem;margin:0 auto;padding:1rem}\n" \
	"h1{font-size:1.5rem;overflow-wrap:anywhere}h2{font-size:1.2rem;margin-top:2rem}\n" \
	"dl div{display:flex;flex-wrap:wrap;gap:0 .75rem}dt{font-weight:bold;min-width:8rem}\n" \
	"dd{margin:0;overflow-wrap:anywhere}\n" \
	".statement{font-weight:bold}\n" \
	".scroll{overflow-x:auto}\n" \
	"table{border-collapse:collapse;font-size:.875rem}\n" \
	"caption{text-align:left;padding:.25rem 0}\n" \
	"th,td{border:1px solid var(--line);padding:.25rem .5rem;text-align:left;vertical-align:top}\n" \
	"thead th{background:var(--soft)}\n" \
	"td{min-width:3rem;max-width:24rem}.number{text-align:right}.part{padding-left:1.5rem}\n" \
	".date{white-space:nowrap}.long{min-width:16rem}\n" \
	"th.part{font-weight:normal}\n" \
	"svg{display:block;width:100%;max-width:26rem;height:auto;margin:0 0 1rem}\n" \
	"svg text{font:11px system-ui,sans-serif;fill:CanvasText}svg rect{fill:var(--bar)}\n" \
	"@media print{.scroll{overflow:visible}main{max-width:none;padding:0}\n" \
	".date{white-space:normal}.long{min-width:0}\n" \
	"table{font-size:7pt}tr{break-inside:avoid}}\n"
/* clang-format on */
