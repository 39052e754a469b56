/// How a page looks: system fonts, one column of comfortable width, colors that follow the reader's setting.
enum ReportStyle {
    static let sheet: HTML = """

        :root {
          color-scheme: light dark;
          --paper: #faf9f7; --surface: #ffffff; --ink: #22262b; --soft: #5c6670; --faint: #8a929b;
          --rule: #e4e2dd; --wash: #f1efeb;
          --s1: #0a6ab0; --s2: #c75000; --s3: #00805e; --s4: #a8518a; --s5: #7d6600; --s6: #4b5966;
          --good: #00714f; --caution: #8a5a00; --problem: #b3261e; --accent: #0a6ab0; --on-strong: #ffffff;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --paper: #15181b; --surface: #1d2125; --ink: #e7e9eb; --soft: #a9b2ba; --faint: #7f8992;
            --rule: #31373d; --wash: #262b30;
            --s1: #5bb3f0; --s2: #ff9a57; --s3: #3ecf9f; --s4: #e5a0cb; --s5: #e0c14a; --s6: #aab4bd;
            --good: #4fd3a5; --caution: #f0b95a; --problem: #ff8f85; --accent: #5bb3f0; --on-strong: #0f1214;
          }
        }
        * { box-sizing: border-box; }
        html { font: 17px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
          -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
        body { margin: 0; background: var(--paper); color: var(--ink); }
        .page-header, main, footer { max-width: 62rem; margin: 0 auto; padding: 0 1.5rem; }
        .page-header { padding-top: 4rem; }
        h1 { font-size: 2.4rem; line-height: 1.15; letter-spacing: -0.02em; font-weight: 680; margin: 0; text-wrap: balance; }
        .subtitle { font-size: 1.15rem; color: var(--soft); margin: 0.7rem 0 0; max-width: 44rem; }
        nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: 0.4rem 1.4rem; margin: 1.6rem 0 0; padding: 0; }
        nav a { color: var(--accent); text-decoration: none; font-size: 0.93rem; }
        nav a:hover, nav a:focus { text-decoration: underline; }
        section { margin: 3.6rem 0 0; }
        h2 { font-size: 1.5rem; line-height: 1.25; letter-spacing: -0.01em; font-weight: 650; margin: 0 0 0.5rem; }
        p { margin: 0 0 1rem; max-width: 44rem; overflow-wrap: anywhere; text-wrap: pretty; }
        .lead { color: var(--soft); margin-bottom: 1.5rem; }
        .empty { color: var(--soft); font-style: italic; }
        footer { margin-top: 4rem; padding-top: 1.2rem; padding-bottom: 3rem; color: var(--soft); font-size: 0.85rem; }
        :focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; border-radius: 4px; }

        .figures { list-style: none; padding: 0; margin: 1.5rem 0; display: grid; gap: 1rem;
          grid-template-columns: repeat(auto-fit, minmax(12.5rem, 1fr)); }
        .figure { background: var(--surface); border: 1px solid var(--rule); border-radius: 14px; padding: 1.2rem 1.3rem; }
        .figure p { margin: 0; }
        .figure .label { color: var(--soft); font-size: 0.9rem; }
        .figure .value { font-size: 2.3rem; line-height: 1.25; font-weight: 640; letter-spacing: -0.02em;
          font-variant-numeric: tabular-nums; }
        .figure .unit { font-size: 1.1rem; font-weight: 500; color: var(--soft); letter-spacing: 0; }
        .figure .explanation { color: var(--soft); font-size: 0.88rem; line-height: 1.45; margin-top: 0.35rem; }
        .figure.tone-good .value { color: var(--good); }
        .figure.tone-caution .value { color: var(--caution); }
        .figure.tone-problem .value { color: var(--problem); }
        .gauge { display: block; width: 100%; height: 10px; margin: 0.4rem 0 0.5rem; }
        .track { fill: var(--wash); }
        .gauge .fill, .inline-bar .fill { fill: var(--accent); }
        .gauge .target { fill: var(--ink); }

        .callout { background: var(--surface); border: 1px solid var(--rule); border-left: 4px solid var(--accent);
          border-radius: 4px 12px 12px 4px; padding: 0.95rem 1.2rem; margin: 1.4rem 0; max-width: none; }
        .callout.tone-good { border-left-color: var(--good); }
        .callout.tone-caution { border-left-color: var(--caution); }
        .callout.tone-problem { border-left-color: var(--problem); }

        figure { background: var(--surface); border: 1px solid var(--rule); border-radius: 14px; padding: 1.3rem 1.4rem;
          margin: 1.4rem 0; }
        figcaption { font-weight: 620; margin-bottom: 0.6rem; }
        .note { color: var(--soft); font-size: 0.9rem; margin: 0.7rem 0 0; }
        .columns { display: grid; gap: 0 1.4rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 25rem), 1fr));
          margin: 1.4rem 0 0; }
        .columns > div { min-width: 0; display: flex; flex-direction: column; }
        .columns figure { margin: 0 0 1.4rem; }
        .columns figure:only-child { flex: 1; }
        .legend { list-style: none; display: flex; flex-wrap: wrap; gap: 0.2rem 1.3rem; margin: 0 0 0.5rem; padding: 0;
          font-size: 0.88rem; color: var(--soft); }
        .swatch { width: 28px; height: 10px; margin-right: 0.5rem; overflow: visible; }
        .chart { display: block; width: 100%; height: auto; max-width: 46rem; margin: 0 auto; overflow: visible; }
        figure { container-type: inline-size; }
        .chart text { font-size: 11px; fill: var(--soft); font-variant-numeric: tabular-nums; }
        .series-1 { --color: var(--s1); } .series-2 { --color: var(--s2); } .series-3 { --color: var(--s3); }
        .series-4 { --color: var(--s4); } .series-5 { --color: var(--s5); } .series-6 { --color: var(--s6); }
        .line { fill: none; stroke: var(--color); stroke-width: 2.4; stroke-linejoin: round; }
        .line.thin { stroke-width: 1.6; }
        .area { fill: var(--color); opacity: 0.2; }
        .dot { fill: var(--color); }
        .hit { fill: transparent; }
        .hit:hover { fill: var(--color); }
        .grid { stroke: var(--rule); stroke-width: 1; }
        .axis, .tick-mark { stroke: var(--faint); stroke-width: 1; }
        .phase { fill: var(--wash); opacity: 0.55; } .phase.odd { opacity: 1; }
        @container (max-width: 40rem) { .chart text { font-size: 14px; } }
        @container (max-width: 29rem) { .chart text { font-size: 18px; } }
        @container (max-width: 22rem) { .chart text { font-size: 21px; } }
        .marker circle { fill: var(--surface); stroke: var(--color); stroke-width: 3; }
        .marker .guide { stroke: var(--color); stroke-width: 1.2; stroke-dasharray: 2 3; }
        .chart .marker text, .chart .threshold text { fill: var(--ink); font-weight: 600; paint-order: stroke;
          stroke: var(--surface); stroke-width: 4px; stroke-linejoin: round; }
        .threshold line { stroke: var(--ink); stroke-width: 1.6; stroke-dasharray: 5 4; }
        .bar { fill: var(--s1); opacity: 0.85; } .bar.highlighted { fill: var(--s2); opacity: 1; }
        .chart .bar-label { fill: var(--ink); } .chart .bar-value { fill: var(--ink); font-weight: 600; }
        .expected { stroke: var(--s2); stroke-width: 3; }
        .diagonal { stroke: var(--soft); stroke-width: 1.5; stroke-dasharray: 5 5; }
        .count { fill: var(--faint); opacity: 0.7; }
        .scatter { fill: var(--s1); opacity: 0.6; }
        .scatter:hover { opacity: 1; }
        .scatter.highlighted { fill: var(--s2); opacity: 1; stroke: var(--surface); stroke-width: 2; }

        .scroll { overflow-x: auto; margin: 1.2rem 0; }
        figure .scroll { margin: 0; }
        table { border-collapse: collapse; font-size: 0.93rem; min-width: 50%; font-variant-numeric: tabular-nums; }
        caption { text-align: left; color: var(--soft); font-size: 0.9rem; padding-bottom: 0.5rem; }
        th, td { padding: 0.5rem 0.8rem; text-align: left; border-bottom: 1px solid var(--rule); vertical-align: middle; }
        thead th { color: var(--soft); font-weight: 560; font-size: 0.85rem; }
        tbody th { font-weight: 560; overflow-wrap: anywhere; }
        th.number, td.number { text-align: right; }
        tr.highlighted > * { background: var(--wash); }
        .tone-good { --tone: var(--good); } .tone-caution { --tone: var(--caution); } .tone-problem { --tone: var(--problem); }
        td .tone-good, td .tone-caution, td .tone-problem { color: var(--tone); font-weight: 600; }
        .inline-bar { display: flex; align-items: center; gap: 0.6rem; }
        .inline-bar span { white-space: nowrap; }
        .inline-bar svg { width: 7rem; height: 0.65rem; border-radius: 4px; flex: none; }

        table.confusion { border-collapse: separate; border-spacing: 4px; min-width: 0; margin: 0 auto; }
        .confusion th, .confusion td { border: 0; padding: 0.5rem 0.7rem; text-align: center; }
        .confusion tbody th { text-align: right; }
        .confusion .truth { text-align: right; vertical-align: bottom; }
        .confusion .answers { padding-bottom: 0; }
        .confusion b { display: block; font-size: 1.15rem; font-weight: 640; }
        .confusion span { font-size: 0.82rem; opacity: 0.85; }
        .confusion .right, .confusion .wrong { min-width: 5.4rem; border-radius: 8px; height: 4.4rem; }
        .confusion .right { background: color-mix(in srgb, var(--s1) var(--strength), var(--wash)); }
        .confusion .wrong { background: color-mix(in srgb, var(--s2) var(--strength), var(--wash)); }
        .confusion .strong { color: var(--on-strong); }
        .confusion .total { color: var(--soft); font-weight: 400; }

        .gallery { list-style: none; padding: 0; margin: 1.4rem 0; display: grid; gap: 1.4rem 1.1rem;
          grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); }
        .gallery li { min-width: 0; font-size: 0.88rem; line-height: 1.4; break-inside: avoid; }
        .gallery img, .gallery .missing { display: block; width: 100%; aspect-ratio: 1; object-fit: cover; border-radius: 10px;
          background: var(--wash); }
        .gallery .missing { display: grid; place-items: center; color: var(--soft); }
        .gallery p { margin: 0; overflow-wrap: anywhere; }
        .gallery .caption { margin-top: 0.5rem; font-weight: 560; }
        .gallery .detail { color: var(--soft); font-size: 0.8rem; }
        .tag { display: inline-block; background: var(--wash); color: var(--tone, var(--soft)); border-radius: 99px;
          padding: 0.05rem 0.6rem; font-size: 0.78rem; margin-top: 0.3rem; }

        pre { background: var(--surface); border: 1px solid var(--rule); border-radius: 10px; padding: 0.9rem 1.1rem;
          white-space: pre-wrap; overflow-wrap: anywhere; font: 0.85rem/1.55 ui-monospace, "SF Mono", Menlo, Consolas, monospace; margin: 1.2rem 0; }
        dl { margin: 1.2rem 0; }
        dl > div { display: grid; grid-template-columns: minmax(8rem, 14rem) 1fr; gap: 1.2rem; padding: 0.45rem 0;
          border-bottom: 1px solid var(--rule); }
        dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
        details { margin: 1.2rem 0; } summary { cursor: pointer; color: var(--accent); }

        @media (max-width: 40rem) {
          html { font-size: 16px; }
          .page-header, main, footer { padding-left: 1rem; padding-right: 1rem; }
          .page-header { padding-top: 2.2rem; }
          h1 { font-size: 1.8rem; }
          section { margin-top: 2.6rem; }
          figure { padding: 1rem 0.8rem; }
          .figures { grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 0.7rem; }
          .figure { padding: 0.9rem 1rem; }
          .figure .value { font-size: 1.8rem; }
          th, td { padding: 0.45rem 0.5rem; }
          .inline-bar svg { width: 3.2rem; }
          .confusion .right, .confusion .wrong { min-width: 4.4rem; }
          .confusion th, .confusion td { padding: 0.35rem 0.4rem; }
          dl > div { grid-template-columns: 1fr; gap: 0; }
        }
        @media print {
          html { font-size: 11pt; }
          body { background: none; }
          nav { display: none; }
          section { margin-top: 1.6rem; }
          figure, .figure, .callout, tr { break-inside: avoid; }
          h2 { break-after: avoid; }
          * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
        }
        @media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }

        """
}
