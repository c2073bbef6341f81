#include <google/protobuf/text_format.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/forms/form.h"
#include "tonghu/access/v1/account_service.pb.h"
#include "tonghu/access/v1/session_service.pb.h"
#include "tonghu/alerts/v1/alert_service.pb.h"
#include "tonghu/alerts/v1/policy_service.pb.h"
#include "tonghu/alerts/v1/signal_service.pb.h"
#include "tonghu/journal/v1/journal_service.pb.h"
#include "tonghu/pairing/v1/calendar_service.pb.h"
#include "tonghu/pairing/v1/closure_service.pb.h"
#include "tonghu/pairing/v1/contact_service.pb.h"
#include "tonghu/pairing/v1/coverage_service.pb.h"
#include "tonghu/pairing/v1/doubt_service.pb.h"
#include "tonghu/pairing/v1/duty_service.pb.h"
#include "tonghu/pairing/v1/load_service.pb.h"
#include "tonghu/pairing/v1/pairing_service.pb.h"
#include "tonghu/pairing/v1/proposal_service.pb.h"
#include "tonghu/pairing/v1/whisper_service.pb.h"
#include "tonghu/registry/v1/child_service.pb.h"
#include "tonghu/registry/v1/directory_service.pb.h"
#include "tonghu/registry/v1/import_service.pb.h"
#include "tonghu/reporting/v1/report_service.pb.h"

namespace tonghu::forms {

// The text of the *.textproto files, which the build puts into the program.
const char* FormsText();

namespace {

// The form of this group and verb; null when there is none.
template <class Forms>
auto Find(Forms& forms, std::string_view group, std::string_view verb) {
  const auto found = std::find_if(forms.begin(), forms.end(), [&](const Form& form) {
    return form.group() == group && form.verb() == verb;
  });
  return found == forms.end() ? nullptr : &*found;
}

// Gives all tables that name the layout its columns.
void PutIn(const v1::Layout& layout, v1::Forms& forms) {
  for (Form& form : *forms.mutable_forms()) {
    for (Table& table : *form.mutable_tables()) {
      if (table.layout() != layout.name()) continue;
      table.set_card(layout.card());
      *table.mutable_columns() = layout.columns();
    }
  }
}

// Adds the fields of another form, none of which is required in this one.
void AddFieldsOf(const Form& other, Form& form) {
  for (Field field : other.fields()) {
    field.set_required(false);
    *form.add_fields() = std::move(field);
  }
}

}  // namespace

v1::Forms ReadForms(const std::string& text) {
  v1::Forms forms;
  // A mistake in the text leaves no forms; as the text is built in, a test finds that.
  if (!google::protobuf::TextFormat::ParseFromString(text, &forms)) return {};
  for (const v1::Layout& layout : forms.layouts()) PutIn(layout, forms);
  for (Form& form : *forms.mutable_forms()) {
    const std::pair<std::string, std::string> other = absl::StrSplit(form.fields_of(), ' ');
    if (const Form* shared = Find(forms.forms(), other.first, other.second)) AddFieldsOf(*shared, form);
  }
  return forms;
}

const v1::Forms& Forms() {
  // Never destroyed: others may still use it while the process ends.
  static const auto& forms = *new v1::Forms(ReadForms(FormsText()));
  return forms;
}

const Form* FindForm(std::string_view group, std::string_view verb) {
  return Find(Forms().forms(), group, verb);
}

const std::vector<const google::protobuf::FileDescriptor*>& Apis() {
  // One message of each file is named, so that the linker keeps the file's descriptors.
  static const auto& apis = *new std::vector<const google::protobuf::FileDescriptor*>{
      access::v1::Account::descriptor()->file(),
      access::v1::Session::descriptor()->file(),
      alerts::v1::ListAlertsRequest::descriptor()->file(),
      alerts::v1::TryEscalationPolicyRequest::descriptor()->file(),
      alerts::v1::Absence::descriptor()->file(),
      journal::v1::JournalStatus::descriptor()->file(),
      pairing::v1::SchoolCalendar::descriptor()->file(),
      pairing::v1::Closure::descriptor()->file(),
      pairing::v1::Contact::descriptor()->file(),
      pairing::v1::GetDutyRequest::descriptor()->file(),
      pairing::v1::LoadLimit::descriptor()->file(),
      pairing::v1::WhisperBox::descriptor()->file(),
      pairing::v1::CoveragePolicy::descriptor()->file(),
      pairing::v1::Doubt::descriptor()->file(),
      pairing::v1::Pairing::descriptor()->file(),
      pairing::v1::ProposedPairing::descriptor()->file(),
      registry::v1::GetChildRequest::descriptor()->file(),
      registry::v1::ListPostsRequest::descriptor()->file(),
      registry::v1::ImportRosterRequest::descriptor()->file(),
      reporting::v1::WeekCounts::descriptor()->file(),
  };
  return apis;
}

const google::protobuf::MethodDescriptor* MethodOf(const Form& form) {
  // All APIs are generated, so they are in one pool.
  return Apis().front()->pool()->FindMethodByName(absl::StrCat("tonghu.", form.method()));
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
