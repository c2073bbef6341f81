export const childForm = {
  add: "登记儿童",
  added: "儿童已登记",
  open: "修改档案",
  change: (name: string) => `修改档案　${name}`,
  save: "保存档案",
  saved: "档案已保存",
  idNumberNone: "（尚未办理的留空）",
  classNumber: "班",
  relation: "与儿童的关系",
  phone: "电话",
  addParent: "添加父母",
  removeParent: "删除",
};

export const contactForm = {
  title: (name: string) => `记录联系　${name}`,
  open: "记录联系",
  kind: "方式",
  helper: "由谁联系",
  unpaired: "还没有人与这名儿童结对。先结对，再记录联系。",
  notYours: "您没有与这名儿童结对，不能代别人记录。请帮扶人自己记录，或由县级补记。",
  time: "何时",
  timeHelp: "以实际联系的时间为准，最早 60 天前。",
  mood: "孩子的情绪",
  concerns: "需要关注",
  concernsHint: "没有就不选；选了会提醒班主任和校长",
  note: "情况",
  noteHint: "了解到的情况；可不填",
  save: "保存记录",
  saved: "联系已记录",
  closed: (kind: string) => `联系已记录，相应的${kind}任务已完成`,
};

export const emergencyForm = {
  title: (name: string) => `上报突发事件　${name}`,
  open: "上报突发事件",
  kind: "发生了什么",
  description: "情况",
  descriptionHint: "何时、何地、孩子现在怎样、谁在身边",
  time: "何时发生",
  told: "上报后立即通知：",
  person: (name: string, level: string) => `${name}（${level}）`,
  toldUnknown: "上报后按本县规则立即通知学校、乡镇和县里的负责人。",
  send: "立即上报",
  sent: "已上报，正在通知",
};

export const excuseForm = {
  open: "免除",
  title: "免除任务",
  about: (window: string, kind: string) => `${window}的${kind}任务不必再做，也不会预警。`,
  reason: "理由",
  reasonHint: "如：住院、随父母外出",
  excused: "任务已免除",
};
