export const audit = {
  title: "审计",
  about: (place: string) => `${place}儿童档案的查阅、更改和被拒绝的查阅记录。记录逐条相连，不能改动。`,
  empty: "这段时间没有查阅或更改。",
  columns: { time: "时间", action: "事项", who: "何人", child: "儿童", what: "方法或事件", purpose: "用途", address: "地址", place: "记录号" },
  times: (action: string, times: number) => (times > 1 ? `${action} ${times} 次` : action),
  child: "儿童编号",
  childHint: "档案页地址末尾的编号",
  actor: "何人",
  actorHint: "账号编号",
  from: "起",
  to: "止",
  print: "打印",
};
