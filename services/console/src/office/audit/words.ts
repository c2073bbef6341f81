// What a method or event of the audit is called (as in `tonghuctl audit print`).

const words: Record<string, string> = {
  GetChild: "查看档案",
  ListChildren: "查看儿童名单",
  BatchGetDisplayNames: "显示姓名",
  GetContact: "查看联系记录",
  ListContacts: "查看联系记录",
  ListContactVersions: "查看联系的更正记录",
  BatchGetLastContacts: "查看最近联系",
  ListOwedDuties: "查看待办任务",
  GetAlert: "查看预警",
  ListAlerts: "查看预警",
  WatchAlerts: "实时接收预警",
  ListAbsences: "查看缺勤",
  ListEmergencies: "查看突发事件",
  BreakGlass: "紧急查阅",
  child_put: "登记或修改档案",
  contact_logged: "登记联系",
  contact_changed: "更正或撤回联系",
  pairing_started: "结对",
  pairing_handed_over: "移交结对",
  pairing_ended: "结束结对",
  alert_raised: "发出预警",
  alert_acknowledged: "响应预警",
  alert_noted: "备注预警",
  alert_resolved: "办结预警",
  duty_excused: "免除任务",
  glass_broken: "紧急查阅",
};

export function nameOf(what: string): string {
  return words[what] ?? what;
}
