#include "services/pairing/app/policy_draft.h"

#include "absl/strings/str_cat.h"
#include "libs/calendar/calendar.h"
#include "libs/clock/duration.h"
#include "libs/ids/references.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/pairing/domain/refusals.h"
#include "services/pairing/postgres/calendar_store.h"

namespace tonghu::pairing {

absl::StatusOr<DutyKind> KindOf(int kind, std::string_view field) {
  if (FindRule(kind) == nullptr) return DutyKindMissing(field);
  return DutyKind{kind};
}

absl::StatusOr<PolicyScope> ScopeOf(postgres::Connection& db, const std::string& county,
                                    const ScopeGiven& given) {
  PolicyScope scope;
  if (!registry::v1::CareLevel_IsValid(given.care_level)) {
    return refusal::Invalid("CARE_LEVEL_MISSING", absl::StrCat(given.prefix, "care_level"),
                            "a care level is needed",
                            "请填写关爱等级：普遍关注、重点关注、监护干预或个案服务");
  }
  if (!registry::v1::GuardianshipType_IsValid(given.guardianship)) {
    return refusal::Invalid("GUARDIANSHIP_MISSING", absl::StrCat(given.prefix, "guardianship_type"),
                            "a guardianship type is needed",
                            "请选择监护类型：隔代监护、父母单方监护、亲朋监护、无人监护、单亲或孤儿");
  }
  scope.care_level = CareLevel{given.care_level};
  scope.guardianship = Guardianship{given.guardianship};
  if (given.school.empty()) return scope;
  const std::string school_field = absl::StrCat(given.prefix, "school");
  ASSIGN_OR_RETURN(scope.school_id, ids::IdIn(county, given.school, "schools", school_field));
  ASSIGN_OR_RETURN(const bool known, IsSchool(db, {county, "schools", scope.school_id}));
  if (!known) return UnknownSchool(school_field);
  return scope;
}

DutyPolicy LastOf(const Policies& policies, const std::string& county, DutyKind kind,
                  const PolicyScope& scope) {
  const Versions own = policies.OfScope(county, kind, scope);
  if (!own.empty() && !own.back().withdrawn) return own.back();
  const Standing standing{absl::CivilDay::min(), scope.school_id, scope.care_level, scope.guardianship};
  DutyPolicy last = policies.For(county, kind, {&standing, 1}).back();
  last.scope = scope;
  return last;
}

DutyPolicy HoldingFor(const Policies& policies, const std::string& county, DutyKind kind,
                      const PolicyScope& scope, absl::Time now) {
  const Standing standing{absl::CivilDay::min(), scope.school_id, scope.care_level, scope.guardianship};
  const auto versions = policies.For(county, kind, {&standing, 1});
  return VersionAt(versions, now);
}

absl::StatusOr<absl::CivilDay> FirstDayOf(const std::string& text, absl::CivilDay today,
                                          std::string_view field) {
  if (text.empty()) return today + 1;
  auto day = calendar::ParseDay(text);
  if (day.ok()) return day;
  return refusal::Invalid("EFFECTIVE_FROM_OUT_OF_RANGE", field, "a day is written YYYY-MM-DD",
                          "生效日期的格式为 2026-09-01");
}

namespace {

// The cadence that a request gives. Error: CADENCE_OUT_OF_RANGE for a festival that there is not, or that is
// given twice.
absl::StatusOr<Cadence> CadenceOf(const v1::Cadence& given) {
  // Who writes only that nothing is owed need not say in which period.
  if (given.times() == 0 && given.period() == v1::CADENCE_PERIOD_UNSPECIFIED) return Cadence();
  Cadence cadence{Period{given.period()}, given.every() == 0 ? 1 : given.every(), given.times(), 0,
                  given.days()};
  for (int i = 0; i < given.festivals_size(); ++i) {
    const int festival = given.festivals(i);
    const std::string field = absl::StrCat("policy.cadence.festivals[", i, "]");
    if (festival < 1 || festival > kFestivalCount) {
      return refusal::Invalid("CADENCE_OUT_OF_RANGE", field, "a festival is needed",
                              "请选择节日：元旦、春节、元宵、清明、儿童节、端午、中秋、重阳或国庆");
    }
    if ((cadence.festivals & FestivalBit(Festival{festival})) != 0) {
      return refusal::Invalid("CADENCE_OUT_OF_RANGE", field, "the festival is given twice",
                              "同一个节日只需填写一次，请去掉重复的节日");
    }
    cadence.festivals |= FestivalBit(Festival{festival});
  }
  return cadence;
}

// Sets which contacts count, where the request says so. Errors: FULFILMENT_NOT_REFINED, CONTACT_KIND_MISSING.
absl::Status SetFulfilledBy(const v1::DutyPolicy& given, DutyPolicy& policy) {
  if (given.fulfilled_by().empty()) return absl::OkStatus();
  if (!policy.scope.IsCounty()) {
    return refusal::Invalid("FULFILMENT_NOT_REFINED", "policy.fulfilled_by",
                            "what counts as done is the county's for all children; leave it out",
                            "哪些联系算完成任务全县统一，不能为部分儿童另设，请留空");
  }
  policy.fulfilled_by.clear();
  for (int i = 0; i < given.fulfilled_by_size(); ++i) {
    const int kind = given.fulfilled_by(i);
    if (kind <= 0 || !v1::ContactKind_IsValid(kind)) {
      return refusal::Invalid("CONTACT_KIND_MISSING", absl::StrCat("policy.fulfilled_by[", i, "]"),
                              "a kind of contact is needed", "请选择联系方式，例如谈心、家访、联系家长");
    }
    if (!Counts(policy, ContactKind{kind})) policy.fulfilled_by.push_back(ContactKind{kind});
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Change(const v1::DutyPolicy& given, absl::CivilDay today, DutyPolicy& policy) {
  if (given.has_report_grace()) policy.report_grace = clock::ToDuration(given.report_grace());
  if (given.has_late_report_after() && !policy.scope.IsCounty()) {
    return refusal::Invalid("LATENESS_NOT_REFINED", "policy.late_report_after",
                            "late_report_after is the county's for all children; leave it out",
                            "迟报时限全县统一，不能为部分儿童另设，请留空");
  }
  if (given.has_late_report_after()) policy.late_report_after = clock::ToDuration(given.late_report_after());
  if (given.has_cadence()) {
    ASSIGN_OR_RETURN(policy.cadence, CadenceOf(given.cadence()));
  }
  if (!given.owed_by().empty()) policy.owed_by.clear();
  for (int i = 0; i < given.owed_by_size(); ++i) {
    const int role = given.owed_by(i);
    if (role <= 0 || !v1::PairingRole_IsValid(role)) {
      return refusal::Invalid("PAIRING_ROLE_MISSING", absl::StrCat("policy.owed_by[", i, "]"),
                              "a role of pairings is needed",
                              "请填写结对身份（如班主任、帮扶教师、代理家长）");
    }
    if (!IsOwedBy(policy, PairingRole{role})) policy.owed_by.push_back(PairingRole{role});
  }
  RETURN_IF_ERROR(SetFulfilledBy(given, policy));
  ASSIGN_OR_RETURN(policy.effective_from, FirstDayOf(given.effective_from(), today, "policy.effective_from"));
  return CheckPolicy(policy, today);
}

}  // namespace tonghu::pairing
