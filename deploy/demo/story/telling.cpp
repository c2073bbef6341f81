#include "deploy/demo/story/telling.h"

#include <fmt/core.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "absl/time/time.h"
#include "libs/clock/clock.h"
#include "libs/clock/timestamp.h"
#include "libs/forms/words.h"

namespace tonghu::demo {
namespace {

std::string When(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%m-%d %H:%M", clock::ToTime(time), clock::China());
}

std::string KindText(const alerts::v1::Alert& alert) {
  switch (alert.kind()) {
    case alerts::v1::ALERT_KIND_DUTY_MISSED:
      return fmt::format("duty missed (任务逾期：{})", forms::Label(alert.duty_kind()));
    case alerts::v1::ALERT_KIND_ABSENCE:
      return "absent without leave (无故缺勤)";
    case alerts::v1::ALERT_KIND_ATTENDANCE_NOT_SENT:
      return "attendance not sent (考勤未报)";
    case alerts::v1::ALERT_KIND_EMERGENCY:
      return "EMERGENCY (突发事件)";
    case alerts::v1::ALERT_KIND_CONCERN:
      return "to be looked into (需关注)";
    case alerts::v1::ALERT_KIND_WHISPER_OVERDUE:
      return "whisper box or letter overdue (悄悄话逾期)";
    case alerts::v1::ALERT_KIND_TERM_MISSING:
      return "school without a calendar (缺少校历)";
    case alerts::v1::ALERT_KIND_UNCOVERED:
      return "nobody responsible (无人负责)";
    default:
      return "?";
  }
}

const char* LevelText(alerts::v1::Level level) {
  switch (level) {
    case alerts::v1::LEVEL_HELPER:
      return "helper";
    case alerts::v1::LEVEL_CLASS_TEACHER:
      return "class teacher";
    case alerts::v1::LEVEL_SCHOOL_HEAD:
      return "school head";
    case alerts::v1::LEVEL_TOWNSHIP_SUPERVISOR:
      return "township supervisor";
    case alerts::v1::LEVEL_COUNTY_OFFICE:
      return "county office";
    case alerts::v1::LEVEL_PROVINCE_OFFICE:
      return "province";
    default:
      return "";
  }
}

std::string What(const alerts::v1::AlertEntry& entry, const alerts::v1::Alert& alert) {
  switch (entry.action()) {
    case alerts::v1::ALERT_ACTION_RAISED:
      return "raised";
    case alerts::v1::ALERT_ACTION_TOLD:
      return fmt::format("told {} {}{}", LevelText(entry.level()), entry.staff_name(),
                         entry.as_deputy() ? " (as deputy)" : "");
    case alerts::v1::ALERT_ACTION_VACANT:
      return fmt::format("{}: the post is vacant, passed on at once", LevelText(entry.level()));
    case alerts::v1::ALERT_ACTION_ACKNOWLEDGED:
      return fmt::format("acknowledged by {}", entry.staff_name());
    case alerts::v1::ALERT_ACTION_RESOLVED:
      return fmt::format("resolved{}: {}", entry.staff_name().empty() ? "" : " by " + entry.staff_name(),
                         alert.resolution());
    case alerts::v1::ALERT_ACTION_REPEATED:
      return "happened again";
    case alerts::v1::ALERT_ACTION_NOTED:
      return fmt::format("noted: {}", entry.note());
    default:
      return "?";
  }
}

void TellAlert(const alerts::v1::Alert& alert, const std::map<std::string, std::string>& names) {
  const auto child = names.find(alert.child());
  const auto school = names.find(alert.school());
  fmt::print("\n  {}: {}, {}\n", KindText(alert), child == names.end() ? "the whole school" : child->second,
             school == names.end() ? alert.school() : school->second);
  for (const auto& entry : alert.entries()) {
    const bool next = entry.has_next_step_time() && entry.action() != alerts::v1::ALERT_ACTION_VACANT;
    fmt::print("    {}  {}{}\n", When(entry.time()), What(entry, alert),
               next ? fmt::format("  [next step {}]", When(entry.next_step_time())) : "");
  }
}

void TellChildren(const School& school, const Tally& tally) {
  fmt::print("\n  {}\n    done  late-reported  excused  missed\n", school.display_name);
  for (const Member& child : school.children) {
    const auto found = tally.by_child.find(child.name);
    const DutyTally one = found == tally.by_child.end() ? DutyTally() : found->second;
    fmt::print("    {:>4}  {:>13}  {:>7}  {:>6}   {} (grade {})\n", one.done, one.done_late_reported,
               one.excused, one.missed, child.display_name, child.grade);
  }
}

}  // namespace

void Tell(const Cast& cast, const Tally& tally) {
  std::map<std::string, std::string> names;
  for (const School* school : {&cast.village, &cast.mining}) {
    names[school->name] = school->display_name;
    for (const Member& child : school->children) names[child.name] = child.display_name;
  }
  fmt::print("\nAlerts: when, whom, why, which step next\n");
  for (const auto& alert : tally.alerts) TellAlert(alert, names);
  fmt::print(
      "\nDuties due in four school weeks, or done before they are due\n    done  late-reported  excused  "
      "missed\n");
  for (const auto& [kind, one] : tally.by_kind) {
    fmt::print("    {:>4}  {:>13}  {:>7}  {:>6}   {}\n", one.done, one.done_late_reported, one.excused,
               one.missed, forms::Label(kind));
  }
  TellChildren(cast.village, tally);
  TellChildren(cast.mining, tally);
  fmt::print("\nReconciliation\n");
  fmt::print("  duties due {} = done {} (of them reported late {}) + excused {} + missed {}\n",
             tally.duties_due, tally.total.done, tally.total.done_late_reported, tally.total.excused,
             tally.total.missed);
  fmt::print("  doubtful contacts that nobody has looked into {}\n", tally.doubts);
  fmt::print("  alerts {}, by the last level told:", tally.alerts.size());
  for (const auto& [level, count] : tally.alerts_by_last_level) fmt::print(" {} {}", level, count);
  fmt::print("\n");
  for (const auto& [service, events] : tally.journal_events) {
    fmt::print("  journal of {:<10} {:>5} events; applied by", service, events);
    for (const auto& [consumer, producers] : tally.applied) {
      if (producers.contains(service)) fmt::print(" {} {}", consumer, producers.at(service));
    }
    fmt::print("\n");
  }
  for (const std::string& difference : tally.differences) fmt::print("  DIFFERENCE: {}\n", difference);
  fmt::print("  {}\n", tally.differences.empty() ? "everything agrees" : "NOT everything agrees");
}

absl::Status WriteSummary(const Tally& tally, const std::string& path) {
  const nlohmann::json summary = {
      {"children", tally.children},
      {"duties_due", tally.duties_due},
      {"done", tally.total.done},
      {"done_late_reported", tally.total.done_late_reported},
      {"excused", tally.total.excused},
      {"missed", tally.total.missed},
      {"alerts", tally.alerts.size()},
      {"alerts_by_last_level", tally.alerts_by_last_level},
      {"journal_events", tally.journal_events},
      {"applied_by_consumer", tally.applied},
      {"unreconciled", tally.differences.size()},
  };
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream file(path);
  file << summary.dump(2) << "\n";
  file.close();
  return file ? absl::OkStatus() : absl::UnavailableError("can't write " + path);
}

}  // namespace tonghu::demo
