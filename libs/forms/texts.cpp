#include "libs/forms/texts.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "libs/forms/typed.h"
#include "libs/forms/words.h"
#include "tonghu/alerts/v1/alert.pb.h"
#include "tonghu/alerts/v1/alert_service.pb.h"
#include "tonghu/alerts/v1/signal_service.pb.h"
#include "tonghu/pairing/v1/duty_service.pb.h"
#include "tonghu/registry/v1/directory.pb.h"

namespace tonghu::forms {

using google::protobuf::Message;
using namespace alerts::v1;  // NOLINT: every line below is about them

namespace {

// The mornings of an alert of absence, each with the reason why it does not count, where there is one.
std::string Mornings(const Message& alert) {
  std::vector<std::string> mornings;
  for (const AbsentMorning& morning : static_cast<const Alert&>(alert).mornings()) {
    mornings.push_back(morning.date() + (morning.school_closed() ? "（停课）"
                                         : morning.with_leave()  ? "（请假）"
                                                                 : ""));
  }
  return absl::StrJoin(mornings, "、");
}

// The contacts of an alert of concerns: "2026-09-04 15:30 情绪、监护（0193…）".
std::string MarkedContacts(const Message& alert) {
  std::vector<std::string> contacts;
  for (const MarkedContact& contact : static_cast<const Alert&>(alert).marked_contacts()) {
    std::vector<std::string> concerns;
    for (const int concern : contact.concerns())
      concerns.push_back(Label(*pairing::v1::Concern_descriptor(), concern));
    contacts.push_back(fmt::format("{} {}（{}）", TimeText(contact.happen_time()),
                                   absl::StrJoin(concerns, "、"), ShortName(contact.contact())));
  }
  return absl::StrJoin(contacts, "；");
}

// The notice of an operator's alert, with what to do about it.
std::string NoticeText(const Message& alert) {
  const journal::v1::OperatorNotice& notice = static_cast<const Alert&>(alert).notice();
  if (notice.matter() == journal::v1::OPERATOR_MATTER_CLOCK)
    return fmt::format("{} 时钟不准（{}）：校准后自动恢复", notice.replica(), notice.detail());
  if (notice.matter() == journal::v1::OPERATOR_MATTER_EVENT_WAITS) {
    return fmt::format(
        "{} 无法处理 {} 的事件 {}（位置 "
        "{}），同一分片的后续事件都在等待：请查看该服务的日志，排除原因后自动恢复",
        notice.service(), notice.producer(), notice.type(), notice.seq());
  }
  if (notice.matter() != journal::v1::OPERATOR_MATTER_QUARANTINE) return "";
  return fmt::format("{} 隔离了 {} 的事件 {}（位置 {}）：排除原因后放行，--service {} --key {}",
                     notice.service(), notice.producer(), notice.type(), notice.seq(), notice.service(),
                     notice.key());
}

// How often a duty is owed before festivals: 春节、中秋前14天内各1次.
std::string FestivalsText(const pairing::v1::Cadence& cadence) {
  std::vector<std::string> names;
  for (const int festival : cadence.festivals())
    names.push_back(Label(*pairing::v1::Festival_descriptor(), festival));
  return fmt::format("{}前{}天内{}{}次", absl::StrJoin(names, "、"), cadence.days(),
                     names.size() > 1 ? "各" : "", cadence.times());
}

// How often a duty is owed: 每2周1次.
std::string CadenceText(const Message& policy) {
  using tonghu::pairing::v1::CADENCE_PERIOD_FESTIVAL;
  using tonghu::pairing::v1::CADENCE_PERIOD_TERM_THIRD;
  const auto& cadence = static_cast<const pairing::v1::DutyPolicy&>(policy).cadence();
  if (cadence.times() == 0) return "不要求";
  if (cadence.period() == CADENCE_PERIOD_FESTIVAL) return FestivalsText(cadence);
  if (cadence.period() == CADENCE_PERIOD_TERM_THIRD)
    return fmt::format("学期初、中、末各{}次", cadence.times());
  const std::string period = Label(*pairing::v1::CadencePeriod_descriptor(), cadence.period());
  if (cadence.every() <= 1) return fmt::format("每{}{}次", period, cadence.times());
  return fmt::format("每{}{}{}{}次", cadence.every(), period == "月" ? "个" : "", period, cadence.times());
}

// The messages of an alert by state; states without messages are left out.
std::string DeliveryText(const Message& alert) {
  const Delivery& delivery = static_cast<const Alert&>(alert).delivery();
  const std::pair<NotificationState, int> counts[] = {{NOTIFICATION_STATE_SENT, delivery.sent()},
                                                      {NOTIFICATION_STATE_PENDING, delivery.pending()},
                                                      {NOTIFICATION_STATE_FAILED, delivery.failed()},
                                                      {NOTIFICATION_STATE_NOT_TAKEN, delivery.not_taken()},
                                                      {NOTIFICATION_STATE_WITHDRAWN, delivery.withdrawn()}};
  std::vector<std::string> parts;
  for (const auto& [state, count] : counts) {
    if (count > 0) parts.push_back(fmt::format("{} {}", Label(state), count));
  }
  return absl::StrJoin(parts, "，");
}

// The day that the alert is about; for a missed duty, its window from the first day to the last.
std::string AlertDaysText(const Message& message) {
  const auto& alert = static_cast<const Alert&>(message);
  return alert.last_day().empty() ? alert.date() : fmt::format("{} 至 {}", alert.date(), alert.last_day());
}

// When and by whom the alert was acknowledged; empty while it is not.
std::string AcknowledgedText(const Message& message) {
  const auto& alert = static_cast<const Alert&>(message);
  return alert.acknowledged_by().empty()
             ? ""
             : TimeText(alert.acknowledge_time()) + " " + ShortName(alert.acknowledged_by());
}

// The name as it was when the entry was made; the id where no name is known.
std::string PersonText(const Message& message) {
  const auto& entry = static_cast<const AlertEntry&>(message);
  const std::string person =
      entry.staff_name().empty() ? ShortName(entry.staff_member()) : entry.staff_name();
  return entry.as_deputy() ? person + "（代理）" : person;
}

std::string AbsenceText(const Message&, const Message& answer) {
  const std::string& alert = static_cast<const ReportAbsenceResponse&>(answer).alert();
  return alert.empty() ? "已记录，有请假，不发预警\n" : fmt::format("预警 {}\n", alert);
}

// What was reported, and the alerts that came of it.
std::string AttendanceText(const Message& request, const Message& answer) {
  const auto& absences = static_cast<const SubmitAttendanceRequest&>(request).absences();
  const auto on_leave = std::count_if(absences.begin(), absences.end(),
                                      [](const Absence& absence) { return absence.with_leave(); });
  std::string text =
      fmt::format("已收到考勤：缺勤 {} 人，请假 {} 人\n", absences.size() - on_leave, on_leave);
  for (const std::string& alert : static_cast<const SubmitAttendanceResponse&>(answer).alerts())
    text += fmt::format("预警 {}\n", alert);
  return text;
}

// The alert that was raised, and who was told at once.
std::string EmergencyText(const Message&, const Message& answer) {
  const auto& alert = static_cast<const Alert&>(answer);
  std::string text = fmt::format("预警 {}\n", alert.name());
  for (const AlertEntry& entry : alert.entries()) {
    if (entry.action() != ALERT_ACTION_TOLD) continue;
    text +=
        fmt::format("  {} 已通知{} {}\n", TimeText(entry.time()), Label(entry.level()), entry.staff_name());
  }
  return text;
}

std::string DutyStateText(const Message& row) {
  const auto& duty = static_cast<const pairing::v1::Duty&>(row);
  std::string text = Label(duty.state());
  if (duty.reported_late()) text += "（迟报）";
  if (!duty.excuse().empty()) text += "：" + duty.excuse();
  return text;
}

std::string PostHolderText(const Message& row) {
  const auto& post = static_cast<const registry::v1::Post&>(row);
  return post.holder().empty() ? "（空缺）" : ShortName(post.holder());
}

// A text by the name under which forms refer to it.
template <class Text>
struct Named {
  std::string_view name;
  Text text;
};

constexpr Named<CellText> kCellTexts[] = {{"acknowledged", AcknowledgedText},
                                          {"alert_days", AlertDaysText},
                                          {"alert_kind", AlertKindText},
                                          {"cadence", CadenceText},
                                          {"delivery", DeliveryText},
                                          {"duty_state", DutyStateText},
                                          {"mornings", Mornings},
                                          {"marked_contacts", MarkedContacts},
                                          {"notice", NoticeText},
                                          {"person", PersonText},
                                          {"post_holder", PostHolderText}};
constexpr Named<AnswerText> kAnswerTexts[] = {
    {"absence", AbsenceText}, {"attendance", AttendanceText}, {"emergency", EmergencyText}};

template <class Texts>
auto FindIn(const Texts& texts, std::string_view name) {
  const auto* found =
      std::find_if(std::begin(texts), std::end(texts), [&](const auto& one) { return one.name == name; });
  return found == std::end(texts) ? nullptr : found->text;
}

}  // namespace

CellText FindCellText(std::string_view name) { return FindIn(kCellTexts, name); }
AnswerText FindAnswerText(std::string_view name) { return FindIn(kAnswerTexts, name); }

std::string AlertKindText(const Message& message) {
  const auto& alert = static_cast<const Alert&>(message);
  return alert.duty_kind() == pairing::v1::DUTY_KIND_UNSPECIFIED ? Label(alert.kind())
                                                                 : Label(alert.duty_kind()) + "逾期";
}

}  // namespace tonghu::forms
