#include "deploy/demo/story/acts.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "deploy/demo/story/cadences.h"
#include "deploy/demo/story/doubts.h"
#include "deploy/demo/story/proposal.h"
#include "deploy/demo/story/whispers.h"
#include "libs/calendar/calendar.h"
#include "libs/clock/clock.h"
#include "libs/clock/timestamp.h"
#include "libs/ids/shard.h"
#include "libs/status/macros.h"
#include "tonghu/alerts/v1/alert_service.grpc.pb.h"
#include "tonghu/alerts/v1/signal_service.grpc.pb.h"
#include "tonghu/pairing/v1/closure_service.grpc.pb.h"
#include "tonghu/pairing/v1/contact_service.grpc.pb.h"
#include "tonghu/pairing/v1/duty_service.grpc.pb.h"
#include "tonghu/pairing/v1/pairing_service.grpc.pb.h"

namespace tonghu::demo {
namespace {

constexpr int kWeeks = 4;
const absl::CivilDay kFirstMonday(2026, 8, 31);

// A child's talk in one week.
enum class Talk { kOnTime, kReportedTwoDaysLater, kMissed, kExcused, kClosed };

// The child of the mining school about whom the teacher worries in the second week.
constexpr size_t kQuietChild = 6;

// The class teacher talks with the child on Tuesday, Wednesday or Thursday.
int DayOfWeek(size_t child) { return 1 + static_cast<int>(child % 3); }

// In the fourth week a flood closes the village school from Wednesday on; the head says so that morning, when
// the roll has been called.
constexpr int kFloodWeek = 3;
absl::CivilDay FloodDay() { return absl::CivilDay(2026, 9, 23); }

// Decides about a talk: three are missed, one is excused, some are lost to the flood, and about one in nine
// is reported late.
Talk TalkOf(const Cast& cast, const School& school, size_t child, int week) {
  const bool mining = &school == &cast.mining;
  if (mining && child == 3 && week == 0) return Talk::kMissed;  // the township supervisor answers
  if (mining && child == 9 && week == 0) return Talk::kMissed;  // nobody answers: it reaches the province
  if (!mining && child == 5 && week == 1)
    return Talk::kMissed;  // the head's post is vacant: it passes on at once
  if (!mining && child == 11 && week == 2) return Talk::kExcused;
  if (!mining && week == kFloodWeek && DayOfWeek(child) > 1) return Talk::kClosed;
  if (mining && child == kQuietChild && week == 1) return Talk::kOnTime;  // the head answers the next morning
  return ids::StableHash(fmt::format("{}/{}/{}", school.county, child, week)) % 9 == 0
             ? Talk::kReportedTwoDaysLater
             : Talk::kOnTime;
}

absl::CivilDay DayOfTalk(size_t child, int week) { return kFirstMonday + 7 * week + DayOfWeek(child); }

// From Wednesday of the fourth week on a colleague stands in for the teacher of the mining school's eldest
// class.
absl::Time StandsInFrom() { return At(9, 23, 8); }

// Collects the acts of the story. The acts refer to the script, which outlives them.
class Script {
 public:
  Script(client::Client& clients, const Cast& cast) : clients_(clients), cast_(cast) {}

  std::vector<Act> Write() {
    for (const School* school : {&cast_.village, &cast_.mining}) {
      Talks(*school);
      Attendance(*school);
    }
    Absences();
    Emergency();
    Concern();
    Answers();
    Add(At(9, 17, 17), [this] { return ClassMeeting(); });
    Add(StandsInFrom(), [this] { return HandOver(); });
    Add(clock::StartOf(FloodDay()) + absl::Hours(11), [this] { return Close(); });
    // On the day before the story ends, so that what follows is owed from the next week on.
    Add(At(9, 29, 10), [this] { return ProposeHelpers(clients_, cast_.village); });
    for (Act& act : CareActs(clients_, cast_)) acts_.push_back(std::move(act));
    for (Act& act : DoubtActs(clients_, cast_)) acts_.push_back(std::move(act));
    for (Act& act : WhisperActs(clients_, cast_)) acts_.push_back(std::move(act));
    std::stable_sort(acts_.begin(), acts_.end(), [](const Act& a, const Act& b) { return a.time < b.time; });
    return std::move(acts_);
  }

 private:
  void Add(absl::Time time, std::function<absl::Status()> act) { acts_.push_back({time, std::move(act)}); }

  void Talks(const School& school) {
    for (int week = 0; week < kWeeks; ++week) {
      for (size_t i = 0; i < school.children.size(); ++i) {
        const Talk talk = TalkOf(cast_, school, i, week);
        const absl::Time happened = clock::StartOf(DayOfTalk(i, week)) + absl::Hours(15);
        const Member& child = school.children[i];
        if (talk == Talk::kMissed || talk == Talk::kClosed) continue;
        if (talk == Talk::kExcused) {
          Add(happened, [this, &school, &child, happened] { return Excuse(school, child, happened); });
          continue;
        }
        const absl::Time reported = happened + (talk == Talk::kOnTime ? absl::Hours(1) : absl::Hours(48));
        Add(reported, [this, &school, &child, happened] { return LogTalk(school, child, happened); });
      }
    }
  }

  absl::Status LogTalk(const School& school, const Member& child, absl::Time happened) {
    pairing::v1::CreateContactRequest request;
    request.set_parent("counties/" + school.county);
    auto* contact = request.mutable_contact();
    contact->set_child(child.name);
    const bool stands_in = child.teacher == away_ && happened >= StandsInFrom();
    contact->set_helper(stands_in ? stands_in_ : child.teacher);
    contact->set_kind(pairing::v1::CONTACT_KIND_TALK);
    contact->set_note(TalkNote(cast_, child, clock::DayOf(happened)));
    if (HasConcern(school, child, happened)) {
      contact->set_note("近来不爱说话，说外公病了，晚上一个人在家");
      contact->set_mood(pairing::v1::MOOD_WITHDRAWN);
      contact->add_concerns(pairing::v1::CONCERN_MOOD);
      contact->add_concerns(pairing::v1::CONCERN_GUARDIANSHIP);
    }
    clock::SetTime(happened, contact->mutable_happen_time());
    return clients_.Call(&pairing::v1::ContactService::Stub::CreateContact, request).status();
  }

  absl::Status Excuse(const School& school, const Member& child, absl::Time now) {
    pairing::v1::ListDutiesRequest list;
    list.set_parent("counties/" + school.county);
    list.set_child(child.name);
    list.set_state(pairing::v1::DUTY_STATE_OPEN);
    auto duties = clients_.Call(&pairing::v1::DutyService::Stub::ListDuties, list);
    if (!duties.ok()) return duties.status();
    for (const auto& duty : duties->duties()) {
      if (duty.kind() != pairing::v1::DUTY_KIND_TALK || clock::ToTime(duty.window_start()) > now ||
          clock::ToTime(duty.window_end()) <= now)
        continue;
      pairing::v1::ExcuseDutyRequest request;
      request.set_name(duty.name());
      request.set_reason("父母返乡，本周随父母外出");
      return clients_.Call(&pairing::v1::DutyService::Stub::ExcuseDuty, request).status();
    }
    return absl::NotFoundError("the duty to excuse is not there");
  }

  // The whole load goes over at once. A talk of the day before that is reported the day after counts all the
  // same.
  absl::Status HandOver() {
    pairing::v1::ListPairingsRequest list;
    list.set_parent("counties/" + cast_.mining.county);
    list.set_helper(away_);
    ASSIGN_OR_RETURN(const auto load, clients_.Call(&pairing::v1::PairingService::Stub::ListPairings, list));
    pairing::v1::BatchHandOverPairingsRequest request;
    request.set_parent(list.parent());
    request.set_new_helper(stands_in_);
    for (const auto& pairing : load.pairings()) request.add_names(pairing.name());
    ASSIGN_OR_RETURN(const auto handed,
                     clients_.Call(&pairing::v1::PairingService::Stub::BatchHandOverPairings, request));
    fmt::print("{}: {} is away, {} takes over all {} children\n",
               absl::FormatTime("%m-%d %H:%M", StandsInFrom(), clock::China()), cast_.staff_names.at(away_),
               cast_.staff_names.at(stands_in_), handed.pairings_size());
    return absl::OkStatus();
  }

  // A class teacher talks with all children of the class at once about swimming in the river.
  absl::Status ClassMeeting() {
    const Member& first = cast_.mining.children.front();
    pairing::v1::CreateGroupContactRequest request;
    request.set_parent("counties/" + cast_.mining.county);
    auto* contact = request.mutable_contact();
    contact->set_helper(first.teacher);
    contact->set_kind(pairing::v1::CONTACT_KIND_MEETING);
    contact->set_note("班级座谈会：防溺水、与父母通话");
    clock::SetTime(At(9, 17, 16), contact->mutable_happen_time());
    for (const Member& child : cast_.mining.children) {
      if (child.teacher == first.teacher) request.add_children(child.name);
    }
    ASSIGN_OR_RETURN(const auto met,
                     clients_.Call(&pairing::v1::ContactService::Stub::CreateGroupContact, request));
    fmt::print("09-17 16:00: {} meets the {} children of the class\n", cast_.staff_names.at(first.teacher),
               met.contacts_size());
    return absl::OkStatus();
  }

  // Who was not talked with by then need not be any more in this week.
  absl::Status Close() {
    pairing::v1::CreateClosureRequest request;
    request.set_parent("counties/" + cast_.village.county);
    request.mutable_closure()->set_division(cast_.village.name);
    request.mutable_closure()->set_first_day(absl::FormatCivilTime(FloodDay()));
    request.mutable_closure()->set_last_day(absl::FormatCivilTime(FloodDay() + 2));
    request.mutable_closure()->set_reason("汛情");
    ASSIGN_OR_RETURN(const auto closed,
                     clients_.Call(&pairing::v1::ClosureService::Stub::CreateClosure, request));
    fmt::print("09-23 11:00: a flood closes {} until Friday, {} talks are excused\n",
               cast_.village.display_name, closed.duties_excused());
    return absl::OkStatus();
  }

  // Attendance is sent every school morning at 8:30. On one day the village school forgets, and sends at
  // 14:00; in the flood it sends none.
  void Attendance(const School& school) {
    const calendar::SchoolCalendar term = calendar::AutumnTerm2026();
    for (absl::CivilDay day = clock::DayOf(StoryStart()); day <= clock::DayOf(StoryEnd()); ++day) {
      const bool flooded = &school == &cast_.village && FloodDay() < day && day <= FloodDay() + 2;
      if (!term.IsSchoolDay(day) || flooded) continue;
      const bool forgotten = &school == &cast_.village && day == absl::CivilDay(2026, 9, 15);
      Add(clock::StartOf(day) + (forgotten ? absl::Hours(14) : absl::Minutes(8 * 60 + 30)),
          [this, &school, day] {
            alerts::v1::SubmitAttendanceRequest request;
            request.set_school(school.name);
            request.set_date(absl::FormatCivilTime(day));
            return clients_.Call(&alerts::v1::SignalService::Stub::SubmitAttendance, request).status();
          });
    }
  }

  // A boy of the mining school is absent without leave on two mornings.
  void Absences() {
    const auto boy = std::find_if(cast_.mining.children.begin(), cast_.mining.children.end(),
                                  [](const Member& m) { return m.boy && m.grade >= 4; });
    absent_ = boy == cast_.mining.children.end() ? &cast_.mining.children.back() : &*boy;
    for (const int day : {10, 11}) {
      Add(At(9, day, 9), [this, day] {
        alerts::v1::ReportAbsenceRequest request;
        request.set_parent("counties/" + cast_.mining.county);
        request.mutable_absence()->set_child(absent_->name);
        request.mutable_absence()->set_date(fmt::format("2026-09-{:02}", day));
        return clients_.Call(&alerts::v1::SignalService::Stub::ReportAbsence, request).status();
      });
    }
    Add(At(9, 11, 11), [this] {
      return Answer(cast_.mining, absent_->name, alerts::v1::ALERT_KIND_ABSENCE, absent_->teacher);
    });
    Add(At(9, 11, 17), [this] {
      return Settle(cast_.mining, absent_->name, alerts::v1::ALERT_KIND_ABSENCE, absent_->teacher,
                    "家访：孩子在家照顾生病的奶奶，下周一返校，村委会协助照料");
    });
  }

  // A girl of the village school is missing; her teacher reports at night.
  void Emergency() {
    const auto girl = std::find_if(cast_.village.children.begin(), cast_.village.children.end(),
                                   [](const Member& m) { return !m.boy && m.grade >= 5; });
    const Member& child = girl == cast_.village.children.end() ? cast_.village.children.back() : *girl;
    Add(At(9, 16, 23, 40), [this, &child] {
      alerts::v1::ReportEmergencyRequest request;
      request.set_parent("counties/" + cast_.village.county);
      request.set_child(child.name);
      request.set_kind(alerts::v1::EMERGENCY_KIND_MISSING);
      request.set_description("晚上与外婆争吵后离家，尚未找到");
      request.set_reporter(child.teacher);
      return clients_.Call(&alerts::v1::SignalService::Stub::ReportEmergency, request).status();
    });
    const std::string county_office = cast_.village.officers.at("county_office");
    Add(At(9, 16, 23, 52), [this, &child, county_office] {
      return Answer(cast_.village, child.name, alerts::v1::ALERT_KIND_EMERGENCY, county_office);
    });
    Add(At(9, 17, 1, 30), [this, &child, county_office] {
      return Settle(cast_.village, child.name, alerts::v1::ALERT_KIND_EMERGENCY, county_office,
                    "已在同学家中找到，派出所与儿童督导员陪同回家，次日安排心理辅导");
    });
  }

  // A child of the mining school has become quiet; the teacher says so with the week's talk, and the head
  // answers.
  bool HasConcern(const School& school, const Member& child, absl::Time happened) const {
    return &school == &cast_.mining && &child == &school.children[kQuietChild] &&
           clock::DayOf(happened) == DayOfTalk(kQuietChild, 1);
  }
  void Concern() {
    const Member& child = cast_.mining.children[kQuietChild];
    const std::string head = HolderOf(cast_.mining, "school_head-");
    Add(At(9, 9, 9), [this, &child, head] {
      return Answer(cast_.mining, child.name, alerts::v1::ALERT_KIND_CONCERN, head);
    });
    Add(At(9, 10, 16), [this, &child, head] {
      return Settle(cast_.mining, child.name, alerts::v1::ALERT_KIND_CONCERN, head,
                    "与班主任一同家访：外公住院，无人照看；已请村委会每天探望，心理老师每周一次辅导");
    });
  }

  // Two of the missed talks are answered, each by the township supervisor of the school; the third is
  // answered by nobody.
  void Answers() {
    const Member& first = cast_.mining.children[3];
    const std::string mining = HolderOf(cast_.mining, "township_supervisor-");
    Add(At(9, 12, 9), [this, &first, mining] {
      return Answer(cast_.mining, first.name, alerts::v1::ALERT_KIND_DUTY_MISSED, mining);
    });
    Add(At(9, 12, 18), [this, &first, mining] {
      return Settle(cast_.mining, first.name, alerts::v1::ALERT_KIND_DUTY_MISSED, mining,
                    "班主任外出培训，已安排代课教师补谈");
    });
    const Member& second = cast_.village.children[5];
    const std::string village = HolderOf(cast_.village, "township_supervisor-");
    Add(At(9, 18, 10), [this, &second, village] {
      return Answer(cast_.village, second.name, alerts::v1::ALERT_KIND_DUTY_MISSED, village);
    });
    Add(At(9, 18, 16), [this, &second, village] {
      return Settle(cast_.village, second.name, alerts::v1::ALERT_KIND_DUTY_MISSED, village,
                    "已入户看望，孩子情况正常，督促班主任补谈");
    });
  }

  // The holder of the school's first post whose id begins so.
  static std::string HolderOf(const School& school, std::string_view kind) {
    for (const auto& [post, holder] : school.officers) {
      if (post.rfind(kind, 0) == 0) return holder;
    }
    return "";
  }

  // The child's unresolved alert of a kind.
  absl::StatusOr<std::string> Find(const School& school, const std::string& child,
                                   alerts::v1::AlertKind kind) {
    alerts::v1::ListAlertsRequest list;
    list.set_parent("counties/" + school.county);
    list.set_child(child);
    list.set_kind(kind);
    auto found = clients_.Call(&alerts::v1::AlertService::Stub::ListAlerts, list);
    if (!found.ok()) return found.status();
    for (const auto& alert : found->alerts()) {
      if (alert.state() != alerts::v1::ALERT_STATE_RESOLVED) return alert.name();
    }
    return absl::NotFoundError("the alert to answer is not there");
  }

  absl::Status Answer(const School& school, const std::string& child, alerts::v1::AlertKind kind,
                      const std::string& staff) {
    auto alert = Find(school, child, kind);
    if (!alert.ok()) return alert.status();
    alerts::v1::AcknowledgeAlertRequest request;
    request.set_name(*alert);
    request.set_staff_member(staff);
    return clients_.Call(&alerts::v1::AlertService::Stub::AcknowledgeAlert, request).status();
  }

  absl::Status Settle(const School& school, const std::string& child, alerts::v1::AlertKind kind,
                      const std::string& staff, const std::string& how) {
    auto alert = Find(school, child, kind);
    if (!alert.ok()) return alert.status();
    alerts::v1::ResolveAlertRequest request;
    request.set_name(*alert);
    request.set_staff_member(staff);
    request.set_resolution(how);
    return clients_.Call(&alerts::v1::AlertService::Stub::ResolveAlert, request).status();
  }

  client::Client& clients_;
  const Cast& cast_;
  const std::string away_ = cast_.mining.children.back().teacher;
  const std::string stands_in_ = cast_.mining.children.front().teacher;
  const Member* absent_ = nullptr;
  std::vector<Act> acts_;
};

}  // namespace

absl::Time At(int month, int day, int hour, int minute) {
  return absl::FromCivil(absl::CivilMinute(2026, month, day, hour, minute), clock::China());
}
absl::Time StoryStart() { return At(8, 31, 8); }
absl::Time StoryEnd() { return At(9, 30, 12); }

std::vector<Act> Acts(client::Client& clients, const Cast& cast) {
  // Every act holds the script, so that the script lives as long as acts may run.
  auto script = std::make_shared<Script>(clients, cast);
  std::vector<Act> acts = script->Write();
  for (Act& act : acts) act.act = [script, inner = std::move(act.act)] { return inner(); };
  return acts;
}

}  // namespace tonghu::demo
