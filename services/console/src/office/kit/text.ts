// What several pages say.
export const kit = {
  refresh: "刷新",
  retry: "重试",
  more: "再显示一些",
  all: "全部",
  cancel: "取消",
  confirm: "确定",
  nobody: "—",
  vacant: "空缺",
  province: "全省",
  platform: "平台",
  noStaff: "本账号没有对应的工作人员，不能承办。请系统管理员为账号关联工作人员。",
  classOf: (grade: number, classNumber: number) => `${grade}年级${classNumber}班`,
  shown: (n: number) => `共 ${n} 条`,
  shownMore: (n: number) => `已显示 ${n} 条，还有更多`,
};
