// The heads of the rosters' files (services/registry/README.md), for somebody who begins with an empty file.

import { RosterKind } from "../../gen/tonghu/registry/v1/import_service_pb.ts";

export const heads: Record<number, string[]> = {
  [RosterKind.SCHOOLS]: ["学校标识码", "校名", "乡镇代码"],
  [RosterKind.STAFF]: ["工号", "姓名", "电话", "岗位", "学校标识码", "年级", "班级", "乡镇代码", "代理工号", "性别"],
  [RosterKind.CHILDREN]: [
    "姓名", "性别", "出生日期", "身份证号", "民族", "学校标识码", "年级", "班级", "是否寄宿", "监护类型", "关爱等级", "监护人姓名", "与监护人关系", "监护人电话",
    "父亲姓名", "父亲务工地", "父亲电话", "母亲姓名", "母亲务工地", "母亲电话",
  ],
};
