#include "tests/fault/judge.h"

#include <fmt/core.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "libs/clock/clock.h"
#include "libs/clock/timestamp.h"

namespace tonghu::fault {
namespace {

// 1970-01-01 when it is no day.
absl::CivilDay DayIn(const std::string& text) {
  absl::CivilDay day;
  return absl::ParseCivilTime(text, &day) ? day : absl::CivilDay();
}

void Compare(const std::string& comparison, const std::string& county, const Side& must, const Side& is,
             std::vector<Difference>& differences) {
  for (const auto& [key, text] : must) {
    const auto found = is.find(key);
    if (found == is.end()) {
      differences.push_back({comparison, county, fmt::format("{} is missing: {}", key, text)});
    } else if (found->second != text) {
      differences.push_back(
          {comparison, county, fmt::format("{}\n  must be: {}\n  is:      {}", key, text, found->second)});
    }
  }
  for (const auto& [key, text] : is) {
    if (!must.contains(key))
      differences.push_back({comparison, county, fmt::format("{} must not be: {}", key, text)});
  }
}

}  // namespace

std::string At(absl::Time time) {
  return time == absl::InfinitePast() || time == absl::InfiniteFuture() || absl::ToUnixSeconds(time) == 0
             ? "-"
             : absl::FormatTime("%m-%d %H:%M:%E*S", time, clock::China());
}

std::string AlertKey(const model::Subject& subject) {
  const bool of_day = subject.kind == model::kDutyMissed || subject.kind == model::kAbsence ||
                      subject.kind == model::kAttendanceNotSent;
  return fmt::format("alert kind {} {}{} {} {}", subject.kind, subject.child, subject.school,
                     of_day ? absl::FormatCivilTime(subject.day) : "",
                     subject.kind == model::kDutyMissed ? subject.pairing : subject.alert);
}

model::Subject SubjectOf(const alerts::v1::Alert& alert, const pairing::v1::Duty* duty) {
  model::Subject subject{.kind = alert.kind(), .child = alert.child()};
  switch (alert.kind()) {
    case alerts::v1::ALERT_KIND_EMERGENCY:
      subject.alert = alert.name();
      break;
    case alerts::v1::ALERT_KIND_ATTENDANCE_NOT_SENT:
      subject.school = alert.school();
      subject.day = DayIn(alert.date());
      break;
    case alerts::v1::ALERT_KIND_ABSENCE:
      if (alert.mornings_size() > 0) subject.day = DayIn(alert.mornings(0).date());
      break;
    default:
      if (duty == nullptr) break;
      subject.day = model::DayOf(clock::ToTime(duty->window_start()));
      subject.pairing = duty->pairing();
  }
  return subject;
}

std::vector<Difference> Judge(client::Client& clients, const model::Model& model,
                              const std::vector<std::string>& counties) {
  std::vector<Difference> differences;
  for (const std::string& surprise : model.surprises()) {
    const size_t at = surprise.find("counties/");
    differences.push_back({"answers", at == std::string::npos ? "" : surprise.substr(at, 15), surprise});
  }
  for (const std::string& county : counties) {
    auto are = SidesOf(clients, county, model);
    if (!are.ok()) {
      differences.push_back({"reading", county, are.status().ToString()});
      continue;
    }
    std::map<std::string, Side> must = SidesOf(model, county);
    for (const auto& [comparison, is] : *are) Compare(comparison, county, must[comparison], is, differences);
    for (const auto& [comparison, side] : must) {
      if (!are->contains(comparison)) Compare(comparison, county, side, {}, differences);
    }
  }
  return differences;
}

std::string ToText(const std::vector<Difference>& differences, const std::vector<model::Fact>& facts,
                   size_t most) {
  std::map<std::string, size_t> counts;
  std::string text;
  for (const Difference& one : differences) {
    if (++counts[one.comparison] > most) continue;
    text += fmt::format("{} of {}: {}\n", one.comparison, one.county, one.text);
    for (const absl::string_view word : absl::StrSplit(one.text, absl::ByAnyChar(" \n:,"))) {
      if (!absl::StrContains(word, "/children/")) continue;
      for (const model::Fact& fact : facts) {
        const std::string line = model::ToText(fact);
        if (absl::StrContains(line, word)) text += "    " + line + "\n";
      }
      break;
    }
  }
  for (const auto& [comparison, count] : counts) text += fmt::format("{}: {}\n", comparison, count);
  return text;
}

}  // namespace tonghu::fault
