// A command that is its form: fills in the request, calls, shows the answer.
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <memory>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/forms/show.h"
#include "libs/forms/texts.h"
#include "libs/status/macros.h"
#include "services/tonghuctl/command.h"
#include "services/tonghuctl/names.h"
#include "services/tonghuctl/table.h"

namespace tonghu::tonghuctl {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kPageSize = 1000;  // services give fewer when that is too much
constexpr char kNextToken[] = "next_page_token";

// An empty message of a type that is known at run time only.
std::unique_ptr<Message> New(const google::protobuf::Descriptor* type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

const FieldDescriptor* FieldOf(const Message& message, const std::string& name) {
  return message.GetDescriptor()->FindFieldByName(name);
}

// Reads all pages up to the limit into one answer; its next_page_token is empty when there is no more.
absl::Status CallPages(client::Client& client, const Arguments& typed, Message& request, Message& answer) {
  const int limit = typed.Number("--limit");  // 0: everything
  const auto count = [&] {
    return answer.GetReflection()->FieldSize(answer, FieldOf(answer, typed.form.tables(0).items()));
  };
  // The last page is asked for no more rows than are missing.
  const auto set_size = [&] {
    request.GetReflection()->SetInt32(&request, FieldOf(request, "page_size"),
                                      limit == 0 ? kPageSize : std::min(limit - count(), kPageSize));
  };
  const std::unique_ptr<Message> page = New(answer.GetDescriptor());
  request.GetReflection()->SetString(&request, FieldOf(request, "page_token"), typed.Text("--page-token"));
  set_size();
  return client.ForEachPage(*forms::MethodOf(typed.form), request, *page, [&] {
    // MergeFrom appends the page's rows. An empty token would not replace the one before, hence the clearing.
    answer.GetReflection()->ClearField(&answer, FieldOf(answer, kNextToken));
    answer.MergeFrom(*page);
    set_size();
    return limit == 0 || count() < limit;
  });
}

// The names that could be looked up. They make a table easier to read, and their lack is no reason to lose
// the table.
forms::Names NamesIn(Session& session, const forms::Form& form, const Message& answer) {
  std::set<std::string> resources;
  forms::AddNamesIn(form, answer, &resources);
  forms::Names names;
  if (!LookUp(session.client(), resources, &names).ok())
    session.output.Remark("暂时查不到姓名或最近联系，表中未列");
  return names;
}

}  // namespace

std::string TablesText(Session& session, const forms::Form& form, const Message& answer) {
  const forms::Names names = NamesIn(session, form, answer);
  std::string text;
  for (const forms::Table& one : form.tables()) {
    const forms::Cells cells = forms::CellsOf(one, answer, names);
    Table table(cells.front());
    for (size_t i = 1; i < cells.size(); ++i) table.Add(cells[i]);
    absl::StrAppend(&text, text.empty() ? "" : "\n", table.Text());
  }
  return text;
}

absl::Status RunForm(Session& session, const Arguments& typed) {
  const forms::Form& form = typed.form;
  const auto& method = *forms::MethodOf(form);
  const std::unique_ptr<Message> request = New(method.input_type());
  const std::unique_ptr<Message> answer = New(method.output_type());
  RETURN_IF_ERROR(forms::Fill(form, typed.answers, request.get()));
  const bool paged = forms::IsPaged(form);
  RETURN_IF_ERROR(paged ? CallPages(session.client(), typed, *request, *answer)
                        : session.client().Call(method, *request, *answer));
  // Before anything is printed, JSON as well: identity numbers never appear whole.
  forms::Mask(answer.get());
  session.output.Show(*answer, [&] {
    if (const forms::AnswerText text = forms::FindAnswerText(form.text())) return text(*request, *answer);
    const std::string summary = forms::SummaryOf(form, *answer);
    return absl::StrCat(TablesText(session, form, *answer), Printable(summary), summary.empty() ? "" : "\n");
  });
  const std::string token =
      paged ? answer->GetReflection()->GetString(*answer, FieldOf(*answer, kNextToken)) : "";
  if (!token.empty())
    session.output.Remark("还有更多：用 --page-token " + token + " 续看，或用 --limit 0 列出全部");
  return absl::OkStatus();
}

}  // namespace tonghu::tonghuctl
