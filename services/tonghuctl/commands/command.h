// How a command is added to the command line.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/tonghuctl/commands/command_line.h"
#include "services/tonghuctl/enums.h"
#include "services/tonghuctl/session.h"

namespace tonghu::tonghuctl {

struct Verb {
  const char* name;
  const char* what;     // one sentence
  const char* example;  // without "tonghuctl"
};

// Adds `verb` with its help to `group`; `chosen` is called when it was typed.
Command AddVerb(Command group, const Verb& verb, std::function<void()> chosen);

// The same for a command with options: `run` gets them filled in. They live as long as the command line.
template <class Options>
std::pair<Command, Options&> AddCommand(Command group, Session& session, const Verb& verb,
                                        absl::Status (*run)(Session&, const Options&)) {
  auto options = std::make_shared<Options>();
  const auto chosen = [&session, options, run] {
    session.chosen = [options, run](Session& s) { return run(s, *options); };
  };
  return {AddVerb(group, verb, chosen), *options};
}

// A group of commands, such as "child".
Command AddGroup(Command app, const char* name, const char* what);

// --county.
void AddCounty(Command command, std::string& county);

// Pages of a list.
struct PageOptions {
  int limit = 1000;  // items in all; 0: everything
  std::string page_token;
  int page_size = 1000;  // the most the service gives at once
};

// Items in a list's answer: the size of its repeated field.
int CountOf(const google::protobuf::Message& page);

// All pages up to the limit as one answer; its next_page_token is empty when there is no more.
template <class Stub, class Request, class Response>
absl::StatusOr<Response> AskPages(client::Client& client,
                                  grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                               Response*),
                                  Request request, const PageOptions& options) {
  Response all;
  request.set_page_token(options.page_token);
  do {
    const int left = options.limit == 0 ? options.page_size : options.limit - CountOf(all);
    request.set_page_size(std::min(left, options.page_size));
    auto page = client.Call(method, request);
    if (!page.ok()) return page.status();
    all.clear_next_page_token();
    all.MergeFrom(*page);
    request.set_page_token(all.next_page_token());
  } while (!all.next_page_token().empty() && (options.limit == 0 || CountOf(all) < options.limit));
  return all;
}

// --limit and --page-token; `page_size` is the most the service gives at once.
void AddPaging(Command command, PageOptions& paging, int page_size = 1000);

// Says on stderr how to go on when a list was cut.
template <class Response>
void RemarkCut(const Session& session, const Response& response) {
  if (!response.next_page_token().empty()) {
    session.output.Remark("还有更多：用 --page-token " + response.next_page_token() +
                          " 续看，或用 --limit 0 列出全部");
  }
}

// An option whose value is one of an enumeration's.
template <class Enum>
Argument AddChoice(Command command, const char* flag, std::string& value, const char* what) {
  return command.AddOption(flag, value, what).OneOf(Choices<Enum>());
}

void AddAbsence(Command app, Session& session);
void AddAlerts(Command app, Session& session);
void AddAttendance(Command app, Session& session);
void AddCalendar(Command app, Session& session);
void AddChild(Command app, Session& session);
void AddClock(Command app, Session& session);
void AddContact(Command app, Session& session);
void AddDirectory(Command app, Session& session);
void AddDoctor(Command app, Session& session);
void AddDuty(Command app, Session& session);
void AddEmergency(Command app, Session& session);
void AddImport(Command app, Session& session);
void AddPair(Command app, Session& session);
void AddPolicy(Command app, Session& session);
void AddQuarantine(Command app, Session& session);
void AddReport(Command app, Session& session);
void AddStatus(Command app, Session& session);
void AddTalkPolicy(Command app, Session& session);

// Parts of AddAlerts, AddPair and AddContact with files of their own.
void AddAlertAnswers(Command group, Session& session);
void AddAlertWatch(Command group, Session& session);
void AddPairByClass(Command group, Session& session);

}  // namespace tonghu::tonghuctl
