#include "services/pairing/domain/contact.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/clock/clock.h"
#include "libs/refusal/characters.h"
#include "libs/refusal/refusal.h"

namespace tonghu::pairing {
absl::Status CheckMarks(Mood mood, absl::Span<const Concern> concerns, const std::string& field) {
  if (mood < Mood::kNotSaid || mood > Mood::kWithdrawn) {
    return refusal::Invalid("MOOD_UNKNOWN", absl::StrCat(field, "mood"), "the mood is none of the moods",
                            "没有这种情绪，请从列出的情绪中选择");
  }
  int seen = 0;
  for (const Concern concern : concerns) {
    const bool known = concern >= Concern::kMood && concern <= Concern::kOther;
    const int bit = known ? BitsOf({concern}) : 0;
    if (!known || (seen & bit) != 0) {
      return refusal::Invalid("CONCERNS_INVALID", absl::StrCat(field, "concerns"),
                              "concerns are those that exist, each once",
                              "关注事项请从列出的事项中选择，每项只选一次");
    }
    seen |= bit;
  }
  return absl::OkStatus();
}

namespace {

absl::Status CheckTogether(const Contact& contact) {
  const std::vector<std::string>& others = contact.together_with;
  const std::set<std::string> each(others.begin(), others.end());
  if (others.size() <= kMostTogether && each.size() == others.size() && !each.contains(contact.helper_id))
    return absl::OkStatus();
  return refusal::Invalid("TOGETHER_WITH_INVALID", "contact.together_with",
                          "together_with names up to 5 others, each once and not the helper",
                          "一同参加的人最多5名，每人只列一次，且不含联系人本人");
}

// The end counts inclusively: a talk at the moment of the hand-over is still the old helper's.
bool WasPaired(absl::Span<const PairedSpan> spans, const std::string& helper_id, absl::Time time) {
  return std::any_of(spans.begin(), spans.end(), [&](const PairedSpan& span) {
    return span.helper_id == helper_id && CountsFrom(span.start) <= time && time <= span.end;
  });
}

}  // namespace

absl::Time CountsFrom(absl::Time start) { return clock::StartOf(clock::DayOf(start)); }

absl::Status CheckContact(const Contact& contact, absl::Span<const PairedSpan> spans, absl::Time now) {
  if (contact.kind < ContactKind::kTalk || contact.kind > ContactKind::kParentsHome) {
    return refusal::Invalid("CONTACT_KIND_MISSING", "contact.kind", "contact.kind must be given",
                            "请选择联系方式，例如谈心、家访、联系家长");
  }
  if (contact.happen_time == absl::InfinitePast()) {
    return refusal::Invalid("HAPPEN_TIME_MISSING", "contact.happen_time", "contact.happen_time must be given",
                            "请填写联系发生的时间");
  }
  if (contact.happen_time > now + kClockTolerance) {
    return refusal::Invalid("HAPPEN_TIME_IN_FUTURE", "contact.happen_time",
                            "a contact can't be in the future", "联系时间不能晚于当前时间，请核对日期");
  }
  if (contact.happen_time < now - kOldestContact) {
    return refusal::Invalid("HAPPEN_TIME_TOO_OLD", "contact.happen_time",
                            "a contact can be recorded for 60 days", "只能补录60天以内的联系，请核对日期");
  }
  if (refusal::CharactersOf(contact.note) > kLongestNote) {
    return refusal::Invalid("NOTE_TOO_LONG", "contact.note", "a note has at most 2000 characters",
                            "联系记录不能超过2000字");
  }
  if (absl::Status marked = CheckMarks(contact.mood, contact.concerns, "contact."); !marked.ok())
    return marked;
  if (absl::Status together = CheckTogether(contact); !together.ok()) return together;
  const auto not_paired = [](std::string_view field) {
    return refusal::Precondition("NOT_PAIRED", field,
                                 "the helper was not paired with this child at that time; pair them first",
                                 "该帮扶人当时未与该儿童结对，请先办理结对");
  };
  if (!WasPaired(spans, contact.helper_id, contact.happen_time)) return not_paired("contact.helper");
  for (size_t i = 0; i < contact.together_with.size(); ++i) {
    if (!WasPaired(spans, contact.together_with[i], contact.happen_time))
      return not_paired(absl::StrCat("contact.together_with[", i, "]"));
  }
  return absl::OkStatus();
}

absl::Status CheckChange(const ChangedContact& contact, const ChangeAsked& asked, absl::Time now) {
  if (asked.reason.empty()) {
    return refusal::Invalid("REASON_MISSING", "reason", "reason must be given", "请填写更正或撤回的原因");
  }
  if (refusal::CharactersOf(asked.reason) > kLongestReason) {
    return refusal::Invalid("REASON_TOO_LONG", "reason", "reason has at most 500 characters",
                            "更正或撤回的原因不能超过500字");
  }
  if (asked.helper.substr(asked.helper.rfind('/') + 1) != contact.helper_id) {
    return refusal::Precondition("CONTACT_OF_ANOTHER", "helper",
                                 "the contact is another helper's, who can change it, or the county",
                                 "该联系是他人的，请由本人更正或撤回，或请县级工作人员办理");
  }
  if (contact.withdrawn) {
    return refusal::Precondition("CONTACT_WITHDRAWN", asked.name_field,
                                 "the contact is withdrawn; record it anew",
                                 "该联系已撤回，如有误请重新登记");
  }
  if (asked.version != 0 && asked.version != contact.version) {
    return refusal::Precondition("CONTACT_CHANGED", "version",
                                 "the contact was changed since, so it must be read again",
                                 "该联系已被他人更正，请刷新后再办理");
  }
  if (contact.happen_time < now - kOldestContact) {
    return refusal::Precondition("CONTACT_TOO_OLD", asked.name_field,
                                 "a contact can be changed for 60 days after it happened",
                                 "只能更正或撤回60天以内的联系");
  }
  if (!asked.withdraws && contact.version >= kMostVersions) {
    return refusal::Precondition("TOO_MANY_CHANGES", asked.name_field,
                                 "a contact can be corrected 20 times; withdraw it and record it anew",
                                 "该联系已更正20次，不能再更正；请撤回后重新登记");
  }
  return absl::OkStatus();
}

int BitsOf(absl::Span<const Concern> concerns) {
  int bits = 0;
  for (const Concern concern : concerns) bits |= 1 << static_cast<int>(concern);
  return bits;
}

std::vector<Concern> ConcernsOf(int bits) {
  std::vector<Concern> concerns;
  for (int n = 1; n <= kConcerns; ++n) {
    if ((bits & (1 << n)) != 0) concerns.push_back(static_cast<Concern>(n));
  }
  return concerns;
}

}  // namespace tonghu::pairing
