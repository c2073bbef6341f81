// Bars by week; comes when the page of figures is opened.

import { BarChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use, type EChartsType } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import type { WeekCounts } from "../../gen/tonghu/reporting/v1/report_service_pb.ts";
import { figures as t } from "./text.ts";

use([BarChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

const paper = 680; // pixels between the margins of A4, as office.css has them

export function WeekChart({ weeks }: { weeks: WeekCounts[] }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Tooltips are drawn and not made of HTML with styles in it, which the pages' policy forbids.
    const chart: EChartsType = init(place.current!, undefined, { renderer: "svg" });
    const series = (name: string, color: string, of: (week: WeekCounts) => bigint, decal?: object) => ({
      name, type: "bar" as const, stack: "duties", barMaxWidth: 36, data: weeks.map((week) => Number(of(week))), itemStyle: { color, decal },
    });
    chart.setOption({
      animation: false,
      grid: { left: 44, right: 16, top: 36, bottom: 28 },
      legend: { top: 0, right: 0 },
      tooltip: { trigger: "axis", renderMode: "richText" },
      xAxis: { type: "category", data: weeks.map(({ monday }) => `${Number(monday.slice(5, 7))}月${Number(monday.slice(8))}日`) },
      yAxis: { type: "value", minInterval: 1 },
      series: [
        series(t.done, "#237804", (week) => week.done),
        series(t.excused, "#8793a8", (week) => week.excused),
        series(t.missed, "#cf1322", (week) => week.missed),
      ],
    });
    const resize = () => chart.resize();
    const toPaper = () => {
      chart.resize({ width: paper });
      chart.getZr().flush(); // the next frame would come behind the paper
    };
    const fromPaper = () => chart.resize({ width: "auto" });
    window.addEventListener("resize", resize);
    window.addEventListener("beforeprint", toPaper);
    window.addEventListener("afterprint", fromPaper);
    return () => {
      window.removeEventListener("resize", resize);
      window.removeEventListener("beforeprint", toPaper);
      window.removeEventListener("afterprint", fromPaper);
      chart.dispose();
    };
  }, [weeks]);
  return <div ref={place} className="chart" aria-hidden="true" />;
}
