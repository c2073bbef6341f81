#include "services/alerts/domain/policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>

#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"

namespace tonghu::alerts {
namespace {

constexpr size_t kMostSteps = 10;
constexpr absl::Duration kLongest = absl::Hours(24 * 30);
constexpr absl::Duration kShortest = absl::Minutes(1);

constexpr Level kHelper = Level::kHelper, kTeacher = Level::kClassTeacher, kHead = Level::kSchoolHead,
                kTownship = Level::kTownshipSupervisor, kCounty = Level::kCountyOffice,
                kProvince = Level::kProvinceOffice;

// The built-in policies, one of each kind of alert. The order of levels is that of the working papers: helper
// or class teacher, school head, township supervisor, county office, province.
const std::vector<Policy>& BuiltIn() {
  static const auto& policies = *new std::vector<Policy>{
      {.kind = Kind::kDutyMissed,
       .steps = {{absl::ZeroDuration(), {kHelper}},
                 {absl::Hours(24), {kHead}},
                 {absl::Hours(48), {kTownship}},
                 {absl::Hours(72), {kCounty}},
                 {absl::Hours(72), {kProvince}}},
       .resolve_within = absl::Hours(72),
       .repeat_last = absl::Hours(72)},
      {.kind = Kind::kAbsence,
       .steps = {{absl::ZeroDuration(), {kTeacher}},
                 {absl::Hours(2), {kHead}},
                 {absl::Hours(4), {kTownship}},
                 {absl::Hours(12), {kCounty}},
                 {absl::Hours(24), {kProvince}}},
       .resolve_within = absl::Hours(24),
       .repeat_last = absl::Hours(24)},
      {.kind = Kind::kAttendanceNotSent,
       .steps = {{absl::ZeroDuration(), {kHead}},
                 {absl::Hours(2), {kTownship}},
                 {absl::Hours(24), {kCounty}},
                 {absl::Hours(48), {kProvince}}},
       .resolve_within = absl::Hours(24),
       .repeat_last = absl::Hours(48)},
      // A sudden event is told to all levels of the county at once, day or night, as schools and villages
      // must report it at once (强制报告).
      {.kind = Kind::kEmergency,
       .steps = {{absl::ZeroDuration(), {kTeacher, kHead, kTownship, kCounty}},
                 {absl::Minutes(15), {kProvince}}},
       .resolve_within = absl::Hours(24),
       .repeat_last = absl::Hours(1)},
      // The platform's own troubles go to the province, which operates it, at once and again.
      {.kind = Kind::kOperator,
       .steps = {{absl::ZeroDuration(), {kProvince}}},
       .resolve_within = absl::Hours(24),
       .repeat_last = absl::Hours(4)},
      // A file opened without a right to it concerns the county office, not those who look after the child.
      {.kind = Kind::kGlassBroken,
       .steps = {{absl::ZeroDuration(), {kCounty}}, {absl::Hours(24), {kProvince}}},
       .resolve_within = absl::Hours(72),
       .repeat_last = absl::Hours(72)},
      // What a helper marked as worth looking into. The head hears of it with the class teacher, who often is
      // the one that marked it.
      {.kind = Kind::kConcern,
       .steps = {{absl::ZeroDuration(), {kTeacher, kHead}},
                 {absl::Hours(24), {kTownship}},
                 {absl::Hours(48), {kCounty}},
                 {absl::Hours(72), {kProvince}}},
       .resolve_within = absl::Hours(72),
       .repeat_last = absl::Hours(72)},
      // A whisper box that was not opened, or a letter that was not answered: children wait. The keeper hears
      // of it with the head.
      {.kind = Kind::kWhisperOverdue,
       .steps = {{absl::ZeroDuration(), {kHelper, kHead}},
                 {absl::Hours(48), {kTownship}},
                 {absl::Hours(72), {kCounty}},
                 {absl::Hours(72), {kProvince}}},
       .resolve_within = absl::Hours(72),
       .repeat_last = absl::Hours(72)},
      // A child without somebody who is responsible: the head is who can name somebody.
      {.kind = Kind::kUncovered,
       .steps = {{absl::ZeroDuration(), {kHead}},
                 {absl::Hours(72), {kTownship}},
                 {absl::Hours(72), {kCounty}},
                 {absl::Hours(168), {kProvince}}},
       .resolve_within = absl::Hours(168),
       .repeat_last = absl::Hours(168)},
      // A school without a term owes nothing to its children: the head is who knows the calendar.
      {.kind = Kind::kTermMissing,
       .steps = {{absl::ZeroDuration(), {kHead}},
                 {absl::Hours(72), {kTownship}},
                 {absl::Hours(72), {kCounty}},
                 {absl::Hours(168), {kProvince}}},
       .resolve_within = absl::Hours(168),
       .repeat_last = absl::Hours(168)},
  };
  return policies;
}

absl::Status Bad(std::string_view field, std::string_view message, std::string_view message_zh) {
  return refusal::Invalid("POLICY_INVALID", fmt::format("policy.{}", field), message, message_zh);
}

absl::Status CheckStep(const Step& step, const std::string& field) {
  if (step.delay < absl::ZeroDuration() || step.delay > kLongest) {
    return Bad(field + ".delay", "a step is taken 0 .. 30 days after the one before",
               "每一步的间隔应为0至30天");
  }
  const std::set<Level> different(step.levels.begin(), step.levels.end());
  // A set is in order: first and last say whether all are in range.
  const bool known = different.empty() || (*different.begin() >= kHelper && *different.rbegin() <= kProvince);
  if (different.empty() || different.size() != step.levels.size() || !known) {
    return Bad(field + ".levels", "a step tells 1 .. 6 different levels",
               "每一步应通知1至6个不同的层级，不可重复或留空");
  }
  return absl::OkStatus();
}

absl::Status CheckPause(absl::Duration pause, std::string_view field) {
  if (pause >= kShortest && pause <= kLongest) return absl::OkStatus();
  return Bad(field, fmt::format("{} is 1 minute .. 30 days", field), "该时限应为1分钟至30天");
}

}  // namespace

const Policy& BuiltInPolicy(Kind kind) {
  for (const Policy& policy : BuiltIn()) {
    if (policy.kind == kind) return policy;
  }
  return BuiltIn().front();
}

absl::Status CheckPolicy(const Policy& policy) {
  if (policy.steps.empty() || policy.steps.size() > kMostSteps) {
    return Bad("steps", "a policy has 1 .. 10 steps", "升级方案应有1至10步");
  }
  for (size_t i = 0; i < policy.steps.size(); ++i) {
    RETURN_IF_ERROR(CheckStep(policy.steps[i], fmt::format("steps[{}]", i)));
  }
  const std::vector<Level>& last = policy.steps.back().levels;
  // An alert that nobody answers must end with somebody who is always there.
  if (std::find(last.begin(), last.end(), kProvince) == last.end()) {
    return Bad("steps", "the last step must reach the province", "最后一步必须通知到省级");
  }
  RETURN_IF_ERROR(CheckPause(policy.resolve_within, "resolve_within"));
  return CheckPause(policy.repeat_last, "repeat_last");
}

}  // namespace tonghu::alerts
