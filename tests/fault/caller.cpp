#include "tests/fault/caller.h"

#include <fmt/core.h>
#include <google/protobuf/util/message_differencer.h>

#include "libs/clock/timestamp.h"
#include "libs/refusal/refusal.h"
#include "tests/fault/judge.h"
#include "tests/fault/model/figures.h"

namespace tonghu::fault {
namespace {

namespace v1 = tonghu::pairing::v1;

using AlertStub = alerts::v1::AlertService::Stub;
using SignalStub = alerts::v1::SignalService::Stub;
using ContactStub = v1::ContactService::Stub;
using DutyStub = v1::DutyService::Stub;
using PairingStub = v1::PairingService::Stub;

model::ContactLogged LoggedOf(const v1::Contact& contact) {
  return {
      contact.name(), contact.child(), contact.helper(), contact.kind(), clock::ToTime(contact.happen_time()),
      contact.note()};
}

}  // namespace

template <class Stub, class Request, class Response>
absl::StatusOr<Response> Caller::Do(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                                 Response*),
                                    const Request& request) {
  auto answer = clients_.Call(method, request);
  if (!answer.ok() && (client::MayPass(answer.status()) || !refusal::IsRefusal(answer.status()))) {
    log_.Surprise(fmt::format("{}: {} to {}", name_, answer.status().ToString(), request.ShortDebugString()));
  }
  return answer;
}

absl::Status Caller::Note(model::What what, const absl::Status& status) {
  if (status.ok() || (refusal::IsRefusal(status) && !client::MayPass(status)))
    log_.Add({clock_.Now(), std::move(what), status.ok() ? "" : refusal::Of(status).reason});
  return status;
}

std::string Caller::NextId() { return fmt::format("{}-{}", name_, ++calls_); }

absl::StatusOr<registry::v1::Child> Caller::Move(const model::ChildPlaced& placed) {
  registry::v1::UpdateChildRequest request;
  request.mutable_child()->set_name(placed.child);
  request.mutable_child()->set_school(placed.school);
  request.mutable_child()->set_grade(placed.grade);
  request.mutable_child()->set_class_number(placed.class_number);
  for (const char* path : {"school", "grade", "class_number"}) request.mutable_update_mask()->add_paths(path);
  request.set_request_id(NextId());
  auto moved = Do(&registry::v1::ChildService::Stub::UpdateChild, request);
  Note(placed, moved.status()).IgnoreError();
  return moved;
}

absl::Status Caller::Put(const registry::v1::Post& post) {
  registry::v1::PutPostRequest request;
  request.set_parent(model::CountyOf(post.name()));
  *request.mutable_post() = post;
  request.set_request_id(NextId());
  return Note(model::PostPut{post.name(), post.holder(), post.deputy()},
              Do(&registry::v1::DirectoryService::Stub::PutPost, request).status());
}

absl::Status Caller::Put(const model::CalendarPut& calendar) {
  v1::PutSchoolCalendarRequest request;
  auto& put = *request.mutable_calendar();
  put.set_school(calendar.school);
  put.set_term(calendar.term);
  put.set_first_day(absl::FormatCivilTime(calendar.first));
  put.set_last_day(absl::FormatCivilTime(calendar.last));
  for (const absl::CivilDay day : calendar.holidays) put.add_holidays(absl::FormatCivilTime(day));
  for (const absl::CivilDay day : calendar.makeup_days) put.add_makeup_days(absl::FormatCivilTime(day));
  request.set_request_id(NextId());
  return Note(calendar, Do(&v1::CalendarService::Stub::PutSchoolCalendar, request).status());
}

absl::Status Caller::Put(const model::DutyPolicyPut& policy) {
  v1::PutDutyPolicyRequest request;
  request.mutable_policy()->set_parent(policy.county);
  request.mutable_policy()->set_kind(v1::DUTY_KIND_TALK);
  request.mutable_policy()->mutable_report_grace()->set_seconds(absl::ToInt64Seconds(policy.report_grace));
  request.mutable_policy()->mutable_late_report_after()->set_seconds(
      absl::ToInt64Seconds(policy.late_report_after));
  request.set_request_id(NextId());
  return Note(policy, Do(&v1::DutyService::Stub::PutDutyPolicy, request).status());
}

absl::StatusOr<std::string> Caller::Close(model::SchoolClosed closed) {
  v1::CreateClosureRequest request;
  request.set_parent(model::CountyOf(closed.school));
  request.mutable_closure()->set_division(closed.school);
  request.mutable_closure()->set_first_day(absl::FormatCivilTime(closed.first));
  request.mutable_closure()->set_last_day(absl::FormatCivilTime(closed.last));
  request.mutable_closure()->set_reason("汛情");
  request.set_request_id(NextId());
  auto made = Do(&v1::ClosureService::Stub::CreateClosure, request);
  closed.closure = made.ok() ? made->name() : "";
  absl::Status noted = Note(closed, made.status());
  return noted.ok() ? absl::StatusOr<std::string>(closed.closure) : noted;
}

absl::Status Caller::Withdraw(const std::string& closure) {
  v1::DeleteClosureRequest request;
  request.set_name(closure);
  request.set_request_id(NextId());
  return Note(model::ClosureWithdrawn{closure},
              Do(&v1::ClosureService::Stub::DeleteClosure, request).status());
}

absl::StatusOr<v1::Pairing> Caller::Pair(const std::string& child, const std::string& helper,
                                         v1::PairingRole role) {
  v1::CreatePairingRequest request;
  request.set_parent(model::CountyOf(child));
  request.set_request_id(NextId());
  request.mutable_pairing()->set_child(child);
  request.mutable_pairing()->set_helper(helper);
  request.mutable_pairing()->set_role(role);
  auto made = Do(&PairingStub::CreatePairing, request);
  Note(model::PairingStarted{made.ok() ? made->name() : "", child, helper, role}, made.status())
      .IgnoreError();
  return made;
}

absl::StatusOr<v1::Pairing> Caller::HandOver(const v1::Pairing& pairing, const std::string& helper) {
  v1::HandOverPairingRequest request;
  request.set_name(pairing.name());
  request.set_new_helper(helper);
  request.set_request_id(NextId());
  auto handed = Do(&PairingStub::HandOverPairing, request);
  Note(model::PairingHandedOver{pairing.name(), handed.ok() ? handed->name() : "", helper, pairing.child()},
       handed.status())
      .IgnoreError();
  return handed;
}

absl::Status Caller::End(const v1::Pairing& pairing, v1::PairingEndReason reason) {
  v1::EndPairingRequest request;
  request.set_name(pairing.name());
  request.set_reason(reason);
  request.set_request_id(NextId());
  return Note(model::PairingEnded{pairing.name(), reason, pairing.child()},
              Do(&PairingStub::EndPairing, request).status());
}

absl::Status Caller::Excuse(const v1::Duty& duty) {
  v1::ExcuseDutyRequest request;
  request.set_name(duty.name());
  request.set_reason("随父母外出");
  request.set_request_id(NextId());
  return Note(
      model::DutyExcused{duty.child(), duty.pairing(), model::DayOf(clock::ToTime(duty.window_start()))},
      Do(&DutyStub::ExcuseDuty, request).status());
}

absl::StatusOr<v1::Contact> Caller::Record(v1::Contact contact, bool twice) {
  v1::CreateContactRequest request;
  request.set_parent(model::CountyOf(contact.child()));
  request.set_request_id(NextId());
  contact.set_note(request.request_id());
  *request.mutable_contact() = contact;
  auto told = Do(&ContactStub::CreateContact, request);
  Note(LoggedOf(told.ok() ? *told : contact), told.status()).IgnoreError();
  if (!told.ok() || !twice) return told;
  auto again = Do(&ContactStub::CreateContact, request);
  // The repeat is told what its contact closes by now, which another caller's contact may have moved; Judge
  // compares what contacts close.
  if (again.ok()) *again->mutable_closed_duties() = told->closed_duties();
  if (again.ok() && !google::protobuf::util::MessageDifferencer::Equals(*told, *again)) {
    log_.Surprise(fmt::format("{}: first {}, then {}", request.request_id(), told->ShortDebugString(),
                              again->ShortDebugString()));
  }
  return told;
}

absl::Status Caller::RecordAll(const std::vector<v1::Contact>& contacts) {
  v1::BatchCreateContactsRequest request;
  request.set_parent(model::CountyOf(contacts.front().child()));
  for (const v1::Contact& contact : contacts) {
    v1::CreateContactRequest& one = *request.add_requests();
    one.set_request_id(NextId());
    *one.mutable_contact() = contact;
    one.mutable_contact()->set_note(one.request_id());
  }
  // Some may be stored and others not known to be: all are asked for again until all are known.
  absl::StatusOr<v1::BatchCreateContactsResponse> told;
  const absl::Status known = client::Retry(Patient(), [&](absl::Duration) {
    told = Do(&ContactStub::BatchCreateContacts, request);
    if (!told.ok()) return absl::OkStatus();
    for (const auto& one : told->results()) {
      const absl::Status error =
          refusal::Make({static_cast<absl::StatusCode>(one.error().code()), one.error().reason()});
      if (one.has_error() && client::MayPass(error)) return error;
    }
    return absl::OkStatus();
  });
  if (!told.ok()) return told.status();
  for (int i = 0; i < told->results_size(); ++i) {
    const auto& one = told->results(i);
    log_.Add({now(), LoggedOf(one.has_contact() ? one.contact() : request.requests(i).contact()),
              one.error().reason()});
  }
  if (!known.ok()) log_.Surprise(fmt::format("{}: {}", name_, told->ShortDebugString()));
  return absl::OkStatus();
}

absl::Status Caller::Attendance(const model::AttendanceReported& report) {
  const std::string date = absl::FormatCivilTime(report.day);
  if (report.school.empty()) {
    alerts::v1::ReportAbsenceRequest request;
    const model::Absent& absent = report.absent.front();
    request.set_parent(model::CountyOf(absent.child));
    request.set_request_id(NextId());
    request.mutable_absence()->set_child(absent.child);
    request.mutable_absence()->set_date(date);
    request.mutable_absence()->set_with_leave(absent.with_leave);
    return Note(report, Do(&SignalStub::ReportAbsence, request).status());
  }
  alerts::v1::SubmitAttendanceRequest request;
  request.set_school(report.school);
  request.set_date(date);
  request.set_request_id(NextId());
  for (const model::Absent& absent : report.absent) {
    auto& one = *request.add_absences();
    one.set_child(absent.child);
    one.set_with_leave(absent.with_leave);
  }
  return Note(report, Do(&SignalStub::SubmitAttendance, request).status());
}

absl::StatusOr<alerts::v1::Alert> Caller::Emergency(const std::string& child, const std::string& reporter) {
  alerts::v1::ReportEmergencyRequest request;
  request.set_parent(model::CountyOf(child));
  request.set_child(child);
  request.set_kind(alerts::v1::EMERGENCY_KIND_ACCIDENT);
  request.set_description("放学路上摔伤");
  request.set_reporter(reporter);
  request.set_request_id(NextId());
  auto alert = Do(&SignalStub::ReportEmergency, request);
  Note(model::EmergencyReported{alert.ok() ? alert->name() : "", child, request.kind(), reporter},
       alert.status())
      .IgnoreError();
  return alert;
}

model::Subject Caller::About(const alerts::v1::Alert& alert) {
  if (alert.duty().empty()) return SubjectOf(alert, nullptr);
  v1::GetDutyRequest request;
  request.set_name(alert.duty());
  auto duty = Do(&DutyStub::GetDuty, request);
  if (!duty.ok()) log_.Surprise(fmt::format("the duty of {}: {}", alert.name(), duty.status().ToString()));
  return SubjectOf(alert, duty.ok() ? &*duty : nullptr);
}

absl::Status Caller::Acknowledge(const alerts::v1::Alert& alert, const std::string& staff) {
  alerts::v1::AcknowledgeAlertRequest request;
  request.set_name(alert.name());
  request.set_staff_member(staff);
  request.set_request_id(NextId());
  const model::Subject subject = About(alert);
  return Note(model::AlertAnswered{subject, staff, ""}, Do(&AlertStub::AcknowledgeAlert, request).status());
}

absl::Status Caller::Resolve(const alerts::v1::Alert& alert, const std::string& staff,
                             const std::string& words) {
  alerts::v1::ResolveAlertRequest request;
  request.set_name(alert.name());
  request.set_staff_member(staff);
  request.set_resolution(words);
  request.set_request_id(NextId());
  const model::Subject subject = About(alert);
  return Note(model::AlertAnswered{subject, staff, words}, Do(&AlertStub::ResolveAlert, request).status());
}

}  // namespace tonghu::fault
