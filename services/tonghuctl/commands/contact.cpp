// tonghuctl contact: what was done for a child, and when.
#include <fmt/format.h>

#include "services/tonghuctl/commands/command.h"
#include "services/tonghuctl/commands/contact_batch.h"
#include "services/tonghuctl/exit_code.h"
#include "services/tonghuctl/table.h"
#include "services/tonghuctl/typed.h"
#include "tonghu/pairing/v1/contact_service.grpc.pb.h"

namespace tonghu::tonghuctl {
namespace {

using namespace pairing::v1;
using Stub = ContactService::Stub;

struct LogOptions {
  std::string county, child, helper, kind = "talk", at, note, file;
};
struct GetOptions {
  std::string county, contact;
};
struct ListOptions {
  std::string county, child;
  PageOptions paging;
};

template <class Contacts>
std::string Text(const Contacts& contacts) {
  Table table({"编号", "儿童", "帮扶人", "方式", "发生时间", "报告时间", "完成任务", "内容"});
  for (const Contact& contact : contacts) {
    table.Add({ShortName(contact.name()), ShortName(contact.child()), ShortName(contact.helper()),
               Label(contact.kind()), TimeText(contact.happen_time()), TimeText(contact.report_time()),
               ShortName(contact.closed_duty()), contact.note()});
  }
  return table.Text();
}

absl::Status Show(const Session& session, const absl::StatusOr<Contact>& contact) {
  if (!contact.ok()) return contact.status();
  session.output.Show(*contact, [&] { return Text(std::vector<Contact>{*contact}); });
  return absl::OkStatus();
}

absl::Status Log(Session& session, const LogOptions& options) {
  if (!options.file.empty()) return LogContactsOf(session, options.file, options.county);
  if (options.child.empty() || options.helper.empty() || options.at.empty()) {
    return UsageError("--child, --helper and --at are needed, or --file");
  }
  Typed typed(options.county);
  CreateContactRequest request;
  Contact* contact = request.mutable_contact();
  contact->set_child(typed.Name("--child", "children", options.child));
  contact->set_helper(typed.Name("--helper", "staffMembers", options.helper));
  contact->set_kind(ParseEnum<ContactKind>(options.kind));
  typed.Time("--at", options.at, contact->mutable_happen_time());
  contact->set_note(options.note);
  request.set_parent(typed.Parent());
  if (!typed.ok()) return typed.status();
  return Show(session, session.client().Call(&Stub::CreateContact, request));
}

absl::Status Get(Session& session, const GetOptions& options) {
  Typed typed(options.county);
  GetContactRequest request;
  request.set_name(typed.Name("CONTACT", "contacts", options.contact));
  if (!typed.ok()) return typed.status();
  return Show(session, session.client().Call(&Stub::GetContact, request));
}

absl::Status List(Session& session, const ListOptions& options) {
  Typed typed(options.county);
  ListContactsRequest request;
  request.set_child(typed.Name("--child", "children", options.child));
  request.set_parent(typed.Parent());
  if (!typed.ok()) return typed.status();
  const auto found = AskPages(session.client(), &Stub::ListContacts, request, options.paging);
  if (!found.ok()) return found.status();
  session.output.Show(
      *found, [&] { return Text(found->contacts()) + fmt::format("列出 {} 次\n", found->contacts_size()); });
  RemarkCut(session, *found);
  return absl::OkStatus();
}

void AddLog(Command group, Session& session) {
  auto [command, options] = AddCommand<LogOptions>(group, session,
                                                   {"log", "Record a contact, or a file of them",
                                                    "contact log --child 0193... --helper 52052100007 --at "
                                                    "\"2026-09-04 15:30\" --note 谈学习 --county 520521\n"
                                                    "         tonghuctl contact log --file contacts.csv "
                                                    "--county 520521    (columns child,helper,kind,at,note;\n"
                                                    "         a row sent twice is recorded once)"},
                                                   Log);
  command.AddOption("--child", options.child, "The child");
  command.AddOption("--helper", options.helper, "Staff number of who made it");
  AddChoice<ContactKind>(command, "--kind", options.kind, "What it was").ShowDefault();
  command.AddOption("--at", options.at, "When it happened");
  command.AddOption("--note", options.note, "What was found");
  const auto file = command.AddOption("--file", options.file, "A CSV file instead").ExistingFile();
  for (const char* single : {"--child", "--helper", "--kind", "--at", "--note"})
    file.Excludes(command.Find(single));
  AddCounty(command, options.county);
}

}  // namespace

void AddContact(Command app, Session& session) {
  const Command group = AddGroup(app, "contact", "Contacts: talks, home visits, calls to parents");
  AddLog(group, session);
  {
    auto [command, options] = AddCommand<GetOptions>(
        group, session, {"get", "Show a contact", "contact get 0193... --county 520521"}, Get);
    command.AddOption("CONTACT", options.contact, "Id or full name").Required();
    AddCounty(command, options.county);
  }
  auto [command, options] = AddCommand<ListOptions>(
      group, session, {"list", "List contacts", "contact list --county 520521 --child 0193..."}, List);
  AddCounty(command, options.county);
  command.AddOption("--child", options.child, "Only this child's");
  AddPaging(command, options.paging);
}

}  // namespace tonghu::tonghuctl
