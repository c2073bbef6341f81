#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/forms/form.h"
#include "libs/forms/forms_of.h"
#include "tonghu/alerts/v1/alert_service.pb.h"
#include "tonghu/alerts/v1/policy_service.pb.h"
#include "tonghu/alerts/v1/signal_service.pb.h"
#include "tonghu/journal/v1/journal_service.pb.h"
#include "tonghu/pairing/v1/calendar_service.pb.h"
#include "tonghu/pairing/v1/contact_service.pb.h"
#include "tonghu/pairing/v1/duty_service.pb.h"
#include "tonghu/pairing/v1/pairing_service.pb.h"
#include "tonghu/registry/v1/child_service.pb.h"
#include "tonghu/registry/v1/directory_service.pb.h"
#include "tonghu/registry/v1/import_service.pb.h"
#include "tonghu/reporting/v1/report_service.pb.h"

namespace tonghu::forms {

const std::vector<Group>& Groups() {
  static const auto& groups = *new std::vector<Group>{
      {"division", "Administrative divisions"},
      {"school", "Schools"},
      {"staff", "Staff"},
      {"post", "Posts: who answers for a class, school, township, county"},
      {"child", "Children in the registry"},
      {"pair", "Pairings: who looks after which child"},
      {"calendar", "School calendars: duties are owed for windows with school days"},
      {"duty-policy", "Kinds of duty: how long the report of what was done may take"},
      {"contact", "Contacts: talks, home visits, calls to parents"},
      {"duty", "Duties: what is owed to whom by when"},
      {"absence", "Children's absences"},
      {"attendance", "A school's morning"},
      {"emergency", "Sudden events"},
      {"alerts", "Alerts: seeing, answering and settling them"},
      {"policy", "Escalation policies: who is told when"},
  };
  return groups;
}

const std::vector<Form>& Forms() {
  static const auto& forms = *[] {
    auto* all = new std::vector<Form>;
    for (auto* some : {&DirectoryForms, &ChildForms, &PairForms, &CalendarForms, &DutyPolicyForms,
                       &ContactForms, &DutyForms, &AlertForms, &SignalForms, &PolicyForms}) {
      for (Form& form : some()) all->push_back(std::move(form));
    }
    return all;
  }();
  return forms;
}

const Form* FindForm(std::string_view group, std::string_view verb) {
  const auto found = std::find_if(Forms().begin(), Forms().end(),
                                  [&](const Form& form) { return form.group == group && form.verb == verb; });
  return found == Forms().end() ? nullptr : &*found;
}

const std::vector<WithoutForm>& MethodsWithoutForm() {
  static const auto& methods = *new std::vector<WithoutForm>{
      {"registry.v1.ImportService.ImportRoster", "a stream of a file's bytes: import"},
      {"registry.v1.DirectoryService.BatchGetDisplayNames", "asked for the tables of others"},
      {"pairing.v1.ContactService.BatchGetLastContacts", "asked for the tables of others"},
      {"pairing.v1.ContactService.BatchCreateContacts", "rows of a file: contact log --file"},
      {"pairing.v1.PairingService.PairByClass", "called until nobody is left: pair by-class"},
      {"alerts.v1.AlertService.WatchAlerts", "a stream of changes: alerts watch"},
      {"reporting.v1.ReportService.QueryCounts", "compared with a recomputation: report"},
      {"reporting.v1.ReportService.RecomputeCounts", "report --recompute and --check"},
      {"journal.v1.JournalService.ReadEvents", "for services that fill gaps"},
      {"journal.v1.JournalService.GetStatus", "asked of every replica: status, doctor"},
      {"journal.v1.JournalService.ListQuarantinedEvents", "asked of every service: quarantine list"},
      {"journal.v1.JournalService.ReleaseQuarantinedEvents",
       "at a service that is named: quarantine release"},
  };
  return methods;
}

const std::vector<const google::protobuf::FileDescriptor*>& Apis() {
  static const auto& apis = *new std::vector<const google::protobuf::FileDescriptor*>{
      alerts::v1::ListAlertsRequest::descriptor()->file(),
      alerts::v1::TryEscalationPolicyRequest::descriptor()->file(),
      alerts::v1::Absence::descriptor()->file(),
      journal::v1::JournalStatus::descriptor()->file(),
      pairing::v1::SchoolCalendar::descriptor()->file(),
      pairing::v1::Contact::descriptor()->file(),
      pairing::v1::Duty::descriptor()->file(),
      pairing::v1::Pairing::descriptor()->file(),
      registry::v1::GetChildRequest::descriptor()->file(),
      registry::v1::ListPostsRequest::descriptor()->file(),
      registry::v1::ImportRosterRequest::descriptor()->file(),
      reporting::v1::WeekCounts::descriptor()->file(),
  };
  return apis;
}

const google::protobuf::MethodDescriptor* MethodOf(const Form& form) {
  return Apis().front()->pool()->FindMethodByName(absl::StrCat("tonghu.", form.method));
}

std::string CountyPathOf(const Form& form) {
  const google::protobuf::Descriptor& request = *MethodOf(form)->input_type();
  if (request.FindFieldByName("parent") != nullptr) return "parent";
  for (int i = 0; i < request.field_count(); ++i) {
    const auto& field = *request.field(i);
    if (field.message_type() != nullptr && field.message_type()->FindFieldByName("parent") != nullptr)
      return field.name() + ".parent";
  }
  return request.FindFieldByName("county") == nullptr ? "" : "county";
}

bool IsPaged(const Form& form) {
  return MethodOf(form)->input_type()->FindFieldByName("page_token") != nullptr;
}

std::vector<const google::protobuf::FieldDescriptor*> Along(const google::protobuf::Descriptor& type,
                                                            const std::string& path) {
  std::vector<const google::protobuf::FieldDescriptor*> along;
  const google::protobuf::Descriptor* at = &type;
  for (const std::string& step : std::vector<std::string>(absl::StrSplit(path, '.'))) {
    const auto* field = at == nullptr ? nullptr : at->FindFieldByName(step);
    if (field == nullptr) return {};
    along.push_back(field);
    at = field->message_type();
  }
  return along;
}

}  // namespace tonghu::forms
