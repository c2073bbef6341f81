#include "services/alerts/rpc/policy_messages.h"

#include "absl/strings/str_cat.h"
#include "libs/clock/duration.h"
#include "libs/clock/timestamp.h"

namespace tonghu::alerts {

v1::EscalationPolicy MessageOf(const std::string& county, const Policy& policy) {
  v1::EscalationPolicy message;
  message.set_parent(absl::StrCat("counties/", county));
  message.set_kind(static_cast<v1::AlertKind>(policy.kind));
  message.set_version(policy.version);
  for (const Step& step : policy.steps) {
    v1::EscalationStep* out = message.add_steps();
    *out->mutable_delay() = clock::ToProto(step.delay);
    for (const Level level : step.levels) out->add_levels(static_cast<v1::Level>(level));
  }
  *message.mutable_resolve_within() = clock::ToProto(policy.resolve_within);
  *message.mutable_repeat_last() = clock::ToProto(policy.repeat_last);
  if (policy.put_time != absl::InfinitePast()) clock::SetTime(policy.put_time, message.mutable_put_time());
  return message;
}

Policy PolicyOf(const v1::EscalationPolicy& message) {
  Policy policy{.kind = static_cast<Kind>(message.kind()), .version = message.version()};
  for (const v1::EscalationStep& step : message.steps()) {
    policy.steps.push_back({.delay = clock::ToDuration(step.delay())});
    for (const int level : step.levels()) policy.steps.back().levels.push_back(static_cast<Level>(level));
  }
  policy.resolve_within = clock::ToDuration(message.resolve_within());
  policy.repeat_last = clock::ToDuration(message.repeat_last());
  return policy;
}

}  // namespace tonghu::alerts
