#include "services/alerts/rpc/policy_messages.h"

#include "absl/strings/str_cat.h"
#include "libs/clock/timestamp.h"

namespace tonghu::alerts {
namespace {

void SetDuration(absl::Duration duration, google::protobuf::Duration* out) {
  out->set_seconds(absl::IDivDuration(duration, absl::Seconds(1), &duration));
  out->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(duration)));
}

absl::Duration DurationOf(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Microseconds(duration.nanos() / 1000);
}

}  // namespace

v1::EscalationPolicy MessageOf(const std::string& county, const Policy& policy) {
  v1::EscalationPolicy message;
  message.set_parent(absl::StrCat("counties/", county));
  message.set_kind(static_cast<v1::AlertKind>(policy.kind));
  message.set_version(policy.version);
  for (const Step& step : policy.steps) {
    v1::EscalationStep* out = message.add_steps();
    SetDuration(step.delay, out->mutable_delay());
    for (const Level level : step.levels) out->add_levels(static_cast<v1::Level>(level));
  }
  SetDuration(policy.resolve_within, message.mutable_resolve_within());
  SetDuration(policy.repeat_last, message.mutable_repeat_last());
  if (policy.put_time != absl::InfinitePast()) clock::SetTime(policy.put_time, message.mutable_put_time());
  return message;
}

Policy PolicyOf(const v1::EscalationPolicy& message) {
  Policy policy{.kind = static_cast<Kind>(message.kind()), .version = message.version()};
  for (const v1::EscalationStep& step : message.steps()) {
    policy.steps.push_back({.delay = DurationOf(step.delay())});
    for (const int level : step.levels()) policy.steps.back().levels.push_back(static_cast<Level>(level));
  }
  policy.resolve_within = DurationOf(message.resolve_within());
  policy.repeat_last = DurationOf(message.repeat_last());
  return policy;
}

}  // namespace tonghu::alerts
