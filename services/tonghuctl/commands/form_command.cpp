#include "services/tonghuctl/commands/form_command.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/forms/fill.h"
#include "libs/forms/show.h"
#include "services/tonghuctl/names.h"
#include "services/tonghuctl/table.h"

namespace tonghu::tonghuctl {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kPageSize = 1000;  // services give less when that is too much
constexpr char kNextToken[] = "next_page_token";

std::unique_ptr<Message> New(const google::protobuf::Descriptor* type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

const FieldDescriptor* FieldOf(const Message& message, const char* name) {
  return message.GetDescriptor()->FindFieldByName(name);
}

bool IsPaged(const forms::Form& form) {
  return forms::MethodOf(form)->input_type()->FindFieldByName("page_token") != nullptr;
}

bool NeedsCounty(const forms::Form& form) {
  return !forms::CountyPathOf(form).empty() ||
         std::any_of(form.fields.begin(), form.fields.end(),
                     [](const forms::Field& field) { return field.input == forms::Input::kName; });
}

forms::Answers AnswersOf(const FormInput& input) {
  forms::Answers answers{input.county, {}};
  for (const auto& slot : input.slots) {
    const forms::Field& field = *slot->field;
    if (forms::IsFlag(*input.form, field)) {
      if (slot->argument.Given()) answers.typed[&field] = {slot->flag ? "true" : "false"};
    } else if (!slot->texts.empty()) {
      answers.typed[&field] = slot->texts;
    } else if (!slot->text.empty()) {
      answers.typed[&field] = {slot->text};
    }
  }
  return answers;
}

// Shows tables with the names that could be had. They make a table easier to read, and are not worth losing
// it.
class TablesWithNames {
 public:
  void Add(Session& session, const forms::Form& form, const Message& answer) {
    std::set<std::string> resources;
    forms::AddNamesIn(form, answer, &resources);
    if (resources.empty() || !known_) return;
    known_ = LookUp(session.client(), resources, &names_).ok();
    if (!known_) session.output.Remark("暂时查不到姓名或最近联系，表中未列");
  }

  std::string Tables(const forms::Form& form, const Message& answer) const {
    std::string text;
    for (const forms::Table& one : form.tables) {
      const forms::Cells cells = forms::CellsOf(one, answer, names_);
      Table table(cells.front());
      for (size_t i = 1; i < cells.size(); ++i) table.Add(cells[i]);
      absl::StrAppend(&text, text.empty() ? "" : "\n", table.Text());
    }
    return text;
  }

 private:
  forms::Names names_;
  bool known_ = true;
};

// One run of a form.
class Run {
 public:
  Run(Session& session, const FormInput& input)
      : session_(session),
        input_(input),
        form_(*input.form),
        method_(*forms::MethodOf(form_)),
        request_(New(method_.input_type())),
        answer_(New(method_.output_type())) {}

  absl::Status Do() {
    if (absl::Status filled = forms::Fill(form_, AnswersOf(input_), request_.get()); !filled.ok())
      return filled;
    absl::Status called = IsPaged(form_) ? CallPages() : session_.client().Call(method_, *request_, *answer_);
    if (!called.ok()) return called;
    if (!IsPaged(form_)) AddNames(*answer_);
    forms::Mask(answer_.get());
    session_.output.Show(*answer_, [this] { return Text(); });
    if (IsPaged(form_)) RemarkCut();
    return absl::OkStatus();
  }

 private:
  int CountOf(const Message& message) const {
    const auto* items = FieldOf(message, form_.tables.front().items);
    return message.GetReflection()->FieldSize(message, items);
  }

  // All pages up to the limit as one answer; its next_page_token is empty when there is no more.
  absl::Status CallPages() {
    const std::unique_ptr<Message> page = New(method_.output_type());
    const auto set_size = [this] {
      const int left = input_.limit == 0 ? kPageSize : input_.limit - CountOf(*answer_);
      request_->GetReflection()->SetInt32(request_.get(), FieldOf(*request_, "page_size"),
                                          std::min(left, kPageSize));
    };
    request_->GetReflection()->SetString(request_.get(), FieldOf(*request_, "page_token"), input_.page_token);
    set_size();
    return session_.client().ForEachPage(method_, *request_, *page, [&] {
      AddNames(*page);
      answer_->GetReflection()->ClearField(answer_.get(), FieldOf(*answer_, kNextToken));
      answer_->MergeFrom(*page);
      set_size();
      return input_.limit == 0 || CountOf(*answer_) < input_.limit;
    });
  }

  void AddNames(const Message& answer) {
    if (!session_.output.json()) names_.Add(session_, form_, answer);
  }

  std::string Text() const {
    if (form_.text != nullptr) return form_.text(*request_, *answer_);
    const std::string summary = forms::SummaryOf(form_, *answer_);
    return absl::StrCat(names_.Tables(form_, *answer_), Printable(summary), summary.empty() ? "" : "\n");
  }

  // Says on stderr how to go on when a list was cut.
  void RemarkCut() const {
    const std::string token = answer_->GetReflection()->GetString(*answer_, FieldOf(*answer_, kNextToken));
    if (token.empty()) return;
    session_.output.Remark("还有更多：用 --page-token " + token + " 续看，或用 --limit 0 列出全部");
  }

  Session& session_;
  const FormInput& input_;
  const forms::Form& form_;
  const google::protobuf::MethodDescriptor& method_;
  const std::unique_ptr<Message> request_;
  const std::unique_ptr<Message> answer_;
  TablesWithNames names_;
};

Argument AddSlot(Command command, const forms::Form& form, FormInput::Slot& slot) {
  const forms::Field& field = *slot.field;
  const std::string help = forms::HelpOf(form, field);
  if (forms::IsFlag(form, field)) return command.AddFlag(field.option, slot.flag, help);
  if (forms::IsRepeated(form, field)) return command.AddOption(field.option, slot.texts, help);
  slot.text = field.usual;
  const Argument argument = command.AddOption(field.option, slot.text, help);
  return *field.usual == '\0' ? argument : argument.ShowDefault();
}

}  // namespace

bool FormInput::Typed(std::string_view option) const {
  return std::any_of(slots.begin(), slots.end(), [&](const auto& slot) {
    return slot->field->option == option && slot->argument.Given();
  });
}

std::string TablesText(Session& session, const forms::Form& form, const Message& answer) {
  TablesWithNames tables;
  tables.Add(session, form, answer);
  return tables.Tables(form, answer);
}

absl::Status RunForm(Session& session, const FormInput& input) { return Run(session, input).Do(); }

std::pair<Command, std::shared_ptr<FormInput>> AddForm(Command group, Session& session,
                                                       const forms::Form& form) {
  auto input = std::make_shared<FormInput>();
  input->form = &form;
  const Command command = AddVerb(group, {form.verb, form.what, form.example}, [&session, input] {
    session.chosen = [input](Session& s) { return RunForm(s, *input); };
  });
  for (const forms::Field& field : form.fields) {
    auto& slot = *input->slots.emplace_back(std::make_unique<FormInput::Slot>());
    slot.field = &field;
    slot.argument = AddSlot(command, form, slot);
    if (field.required) slot.argument.Required();
    if (*field.excludes != '\0') slot.argument.Excludes(command.Find(field.excludes));
    if (field.input == forms::Input::kDocument) slot.argument.ExistingFile();
  }
  if (NeedsCounty(form)) AddCounty(command, input->county);
  if (IsPaged(form)) {
    command.AddOption("--limit", input->limit, "At most this many; 0 for all").NotNegative().ShowDefault();
    command.AddOption("--page-token", input->page_token, "Go on where an earlier list was cut");
  }
  return {command, input};
}

void AddForms(Command program, Session& session) {
  for (const forms::Group& group : forms::Groups()) {
    const Command command = AddGroup(program, group.name, group.what);
    for (const forms::Form& form : forms::Forms()) {
      if (std::string_view(form.group) != group.name) continue;
      if (std::string_view(form.method) == kContactLogMethod) {
        AddContactLog(command, session, form);
      } else {
        AddForm(command, session, form);
      }
    }
    if (std::string_view(group.name) == "pair") AddPairByClass(command, session);
    if (std::string_view(group.name) == "alerts") AddAlertWatch(command, session);
  }
}

}  // namespace tonghu::tonghuctl
