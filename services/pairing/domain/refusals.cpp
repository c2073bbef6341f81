#include "services/pairing/domain/refusals.h"

#include "libs/refusal/refusal.h"

namespace tonghu::pairing {

absl::Status UnknownChild(std::string_view field) {
  return refusal::OwnedBy("registry", refusal::NotFound("CHILD_NOT_FOUND", field,
                                                        "no such child in this county; register it first",
                                                        "本县没有该儿童的档案，请先建档"));
}
absl::Status UnknownStaff(std::string_view field) {
  return refusal::OwnedBy("registry",
                          refusal::NotFound("STAFF_MEMBER_NOT_FOUND", field,
                                            "no such staff member in this county; register them first",
                                            "本县没有该工作人员，请先登记"));
}
absl::Status UnknownSchool(std::string_view field) {
  return refusal::OwnedBy("registry", refusal::NotFound("SCHOOL_NOT_FOUND", field,
                                                        "no such school in this county; register it first",
                                                        "本县没有该学校，请先登记学校"));
}
// What this service owns itself is unknown for certain, so no other service is asked.
absl::Status UnknownPairing(std::string_view field) {
  return refusal::NotFound("PAIRING_NOT_FOUND", field, "no such pairing", "没有该结对记录，请核对编号");
}
absl::Status NoCalendar(std::string_view field) {
  return refusal::NotFound("CALENDAR_NOT_FOUND", field, "this school has no such calendar; put one",
                           "该学校没有这份校历，请先设置，或查询已有的学期");
}
absl::Status PairingEnded(std::string_view field) {
  return refusal::Precondition("PAIRING_ENDED", field, "this pairing has ended",
                               "该结对已经结束，请查询该儿童现在的结对");
}
absl::Status ProposalTooLarge() {
  return refusal::Precondition("PROPOSAL_TOO_LARGE", "",
                               "at most 5000 children and 2000 helpers; narrow the scope",
                               "待结对的儿童或可选的帮扶人过多，一次最多5000名儿童、2000名帮扶人。请缩小范围"
                               "（学校、年级或班级）后再试。");
}
absl::Status RoleMissing(std::string_view field) {
  return refusal::Invalid("PAIRING_ROLE_MISSING", field, "the role must be given",
                          "请填写结对身份（如班主任、帮扶教师、代理家长）");
}
absl::Status DutyKindMissing(std::string_view field) {
  return refusal::Invalid("DUTY_KIND_MISSING", field, "kind must be given", "请填写任务种类，例如谈心、家访");
}

}  // namespace tonghu::pairing
