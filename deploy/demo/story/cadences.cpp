#include "deploy/demo/story/cadences.h"

#include <fmt/core.h>

#include <memory>
#include <utility>

#include "libs/clock/timestamp.h"
#include "libs/status/macros.h"
#include "tonghu/pairing/v1/contact_service.grpc.pb.h"
#include "tonghu/pairing/v1/duty_service.grpc.pb.h"
#include "tonghu/pairing/v1/pairing_service.grpc.pb.h"

namespace tonghu::demo {
namespace {

using namespace pairing::v1;  // NOLINT: every line below is about them

// A policy of the county, and in English what it says.
struct Said {
  DutyKind kind;
  CadencePeriod period;
  int every, times;
  PairingRole by;
  const char* text;
  registry::v1::CareLevel only = registry::v1::CARE_LEVEL_UNSPECIFIED;  // for these children instead
};
constexpr Said kSaid[] = {
    {DUTY_KIND_FAMILY_CALL, CADENCE_PERIOD_WEEK, 2, 1, PAIRING_ROLE_CLASS_TEACHER,
     "a family call every two weeks"},
    {DUTY_KIND_PARENT_CALL, CADENCE_PERIOD_MONTH, 1, 1, PAIRING_ROLE_CLASS_TEACHER,
     "a call to the parents a month"},
    {DUTY_KIND_HOME_VISIT, CADENCE_PERIOD_TERM_THIRD, 1, 1, PAIRING_ROLE_CLASS_TEACHER,
     "a home visit at the beginning, in the middle and at the end of the term"},
    {DUTY_KIND_HOME_VISIT, CADENCE_PERIOD_MONTH, 1, 1, PAIRING_ROLE_CLASS_TEACHER,
     "a home visit a month instead, for focus children", registry::v1::CARE_LEVEL_FOCUS},
    {DUTY_KIND_LETTER, CADENCE_PERIOD_TERM, 1, 1, PAIRING_ROLE_CLASS_TEACHER, "a letter a term"},
    {DUTY_KIND_COUNSELLING, CADENCE_PERIOD_TERM, 1, 1, PAIRING_ROLE_COUNSELLOR,
     "counselling once a term by the counsellor"},
    {DUTY_KIND_HOMEWORK_HELP, CADENCE_PERIOD_WEEK, 1, 2, PAIRING_ROLE_VOLUNTEER,
     "help with homework twice a week by a volunteer, for focus children", registry::v1::CARE_LEVEL_FOCUS},
};

// The class teacher of the third grade counsels the children of the others, the one of the fifth helps focus
// children.
const std::string& TeacherOf(const School& school, int grade) {
  for (const Member& child : school.children) {
    if (child.grade == grade) return child.teacher;
  }
  return school.children.back().teacher;
}
const std::string& Counsellor(const School& school) { return TeacherOf(school, 3); }
const std::string& Volunteer(const School& school) { return TeacherOf(school, 5); }

absl::Status PairWith(client::Client& clients, const School& school, const Member& child,
                      const std::string& helper, PairingRole role) {
  CreatePairingRequest request;
  request.set_parent("counties/" + school.county);
  request.mutable_pairing()->set_child(child.name);
  request.mutable_pairing()->set_helper(helper);
  request.mutable_pairing()->set_role(role);
  return clients.Call(&PairingService::Stub::CreatePairing, request).status();
}

// Nobody counsels the counsellor's own class, which its head was told of. The head names another teacher.
absl::Status NameCounsellor(client::Client& clients, const School& school) {
  int named = 0;
  for (const Member& child : school.children) {
    if (child.teacher != Counsellor(school)) continue;
    RETURN_IF_ERROR(PairWith(clients, school, child, Volunteer(school), PAIRING_ROLE_COUNSELLOR));
    ++named;
  }
  fmt::print("09-08 10:00: {}: {} children whom nobody counselled for a week get a counsellor\n",
             school.display_name, named);
  return absl::OkStatus();
}

// The child whose parents could not be reached in time.
const Member& NotCalled(const Cast& cast) { return cast.mining.children[6]; }

// Collects the acts.
class Care {
 public:
  Care(client::Client& clients, const School& school) : clients_(clients), school_(school) {}

  // A contact that is reported an hour after it happened.
  void Add(absl::Time happened, const Member& child, const std::string& helper, ContactKind kind,
           std::string note) {
    acts.push_back(
        {happened + absl::Hours(1), [this, &child, happened, helper, kind, note = std::move(note)] {
           CreateContactRequest request;
           request.set_parent("counties/" + school_.county);
           request.mutable_contact()->set_child(child.name);
           request.mutable_contact()->set_helper(helper);
           request.mutable_contact()->set_kind(kind);
           request.mutable_contact()->set_note(note);
           clock::SetTime(happened, request.mutable_contact()->mutable_happen_time());
           return clients_.Call(&ContactService::Stub::CreateContact, request).status();
         }});
  }

  std::vector<Act> acts;

 private:
  client::Client& clients_;
  const School& school_;
};

}  // namespace

absl::Status SetCadences(client::Client& clients, const Cast& cast) {
  const School& school = cast.mining;
  for (const Said& said : kSaid) {
    PutDutyPolicyRequest request;
    DutyPolicy& policy = *request.mutable_policy();
    policy.set_parent("counties/" + school.county);
    policy.set_kind(said.kind);
    policy.set_care_level(said.only);
    policy.mutable_cadence()->set_period(said.period);
    policy.mutable_cadence()->set_every(said.every);
    policy.mutable_cadence()->set_times(said.times);
    policy.add_owed_by(said.by);
    RETURN_IF_ERROR(clients.Call(&DutyService::Stub::PutDutyPolicy, request).status());
    fmt::print("{}: {}\n", school.display_name, said.text);
  }
  for (const Member& child : school.children) {
    if (child.teacher != Counsellor(school))
      RETURN_IF_ERROR(PairWith(clients, school, child, Counsellor(school), PAIRING_ROLE_COUNSELLOR));
    if (child.focus && child.teacher != Volunteer(school))
      RETURN_IF_ERROR(PairWith(clients, school, child, Volunteer(school), PAIRING_ROLE_VOLUNTEER));
  }
  return absl::OkStatus();
}

std::vector<Act> CareActs(client::Client& clients, const Cast& cast) {
  const School& school = cast.mining;
  auto care = std::make_shared<Care>(clients, school);
  for (size_t i = 0; i < school.children.size(); ++i) {
    const Member& child = school.children[i];
    // On a Friday of the two weeks; or too late, and once more to make up for it.
    const std::vector<absl::Time> calls = &child == &NotCalled(cast)
                                              ? std::vector{At(9, 24, 16), At(9, 24, 20)}
                                              : std::vector{At(9, i % 2 == 0 ? 11 : 18, 16)};
    for (const absl::Time call : calls)
      care->Add(call, child, child.teacher, CONTACT_KIND_FAMILY_CALL,
                child.display_name + "与在外务工的父母视频通话");
    if (i % 2 == 0)
      care->Add(At(9, 12, 19), child, child.teacher, CONTACT_KIND_PARENT_CALL,
                fmt::format("电话告知{}在校情况", child.display_name));
    if (i % 3 == 0)
      care->Add(At(9, 19, 9) + absl::Minutes(30 * (i % 8)), child, child.teacher, CONTACT_KIND_HOME_VISIT,
                fmt::format("到{}家家访，家中情况正常", child.display_name));
    if (i % 4 == 1 && child.teacher != Counsellor(school))
      care->Add(At(9, 16, 16), child, Counsellor(school), CONTACT_KIND_COUNSELLING,
                fmt::format("与{}个别谈话，情绪平稳", child.display_name));
    if (!child.focus || child.teacher == Volunteer(school)) continue;
    for (const int day : {7, 10, 14, 17, 21, 24})
      care->Add(At(9, day, 16, 30), child, Volunteer(school), CONTACT_KIND_HOMEWORK_HELP, "辅导作业");
  }
  care->acts.push_back({At(9, 8, 10), [&clients, &school] { return NameCounsellor(clients, school); }});
  // The acts refer to `care`, which lives as long as any of them.
  for (Act& act : care->acts) act.act = [care, inner = std::move(act.act)] { return inner(); };
  return std::exchange(care->acts, {});
}

}  // namespace tonghu::demo
