export const duties = {
  title: "任务",
  about: (place: string) => `${place}的谈心、家访等任务：谁负责、到什么时候。在儿童档案里记录同一种联系后，任务随即完成。`,
  view: "范围",
  views: { current: "本期待完成", soon: "三天内到期", missed: "逾期未做" } as Record<string, string>,
  explained: {
    current: "期间已经开始、还没有完成的任务。",
    soon: "三天内仍无记录，即判为逾期并发出预警。已做而未记录的，请尽快补报。",
    missed: "近60天内判为逾期的任务。仍可补做：补做后预警随之办结。",
  } as Record<string, string>,
  rules: "任务规定",
  school: "学校",
  allSchools: "全部学校",
  grade: "年级",
  columns: { child: "儿童", class: "班级", school: "学校", helper: "负责人", kind: "任务", window: "期间", due: "判定时间", state: "状态" },
  empty: { current: "没有待完成的任务。", soon: "三天内没有到期的任务。", missed: "近60天没有逾期的任务。" } as Record<string, string>,
  sheet: (place: string, view: string) => `${place}${view}任务`,
};
