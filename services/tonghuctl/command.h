// Commands: a command is a form (libs/forms) and what is done with it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/forms/fill.h"
#include "libs/forms/form.h"
#include "services/tonghuctl/session.h"

namespace tonghu::tonghuctl {

// What was typed for one command, or stands for what was not typed. Options are named as the form's fields
// name them: "--child", "FILE".
struct Arguments {
  const forms::Form& form;  // of the command
  forms::Answers answers;

  bool Has(std::string_view option) const;
  std::string Text(std::string_view option) const;  // empty when nothing was typed
  int Number(std::string_view option) const;        // of an INPUT_COUNT
  // The duration typed. Errors: usage, naming the option.
  absl::StatusOr<absl::Duration> Duration(std::string_view option) const;
};

// Fills in the request of the form's method. Errors: usage.
template <class Request>
absl::StatusOr<Request> RequestOf(const Arguments& typed) {
  Request request;
  if (absl::Status filled = forms::Fill(typed.form, typed.answers, &request); !filled.ok()) return filled;
  return request;
}

// A command.
struct Command {
  forms::Form form;  // without a method: the command is no call by itself
  absl::Status (*run)(Session& session, const Arguments& typed);
};

// All groups and commands, in the order of the help.
const std::vector<forms::v1::Group>& CommandGroups();
const std::vector<Command>& Commands();

// Makes the form's call and shows the answer.
absl::Status RunForm(Session& session, const Arguments& typed);

// The form's tables of an answer that came by another way, with display names.
std::string TablesText(Session& session, const forms::Form& form, const google::protobuf::Message& answer);

// The commands that do more than their form's call, a file each in commands/.
absl::Status AdvanceClock(Session& session, const Arguments& typed);
absl::Status AdvanceClockTo(Session& session, const Arguments& typed);
absl::Status CreateAccount(Session& session, const Arguments& typed);
absl::Status Examine(Session& session, const Arguments& typed);
absl::Status HandOverAll(Session& session, const Arguments& typed);
absl::Status Import(Session& session, const Arguments& typed);
absl::Status ListQuarantine(Session& session, const Arguments& typed);
absl::Status LogContacts(Session& session, const Arguments& typed);
absl::Status PairByClass(Session& session, const Arguments& typed);
absl::Status PrintSlips(Session& session, const Arguments& typed);
absl::Status ProposePairs(Session& session, const Arguments& typed);
absl::Status ReleaseQuarantine(Session& session, const Arguments& typed);
absl::Status Report(Session& session, const Arguments& typed);
absl::Status ShowClock(Session& session, const Arguments& typed);
absl::Status ShowStatus(Session& session, const Arguments& typed);
absl::Status PrintAudit(Session& session, const Arguments& typed);
absl::Status VerifyAudit(Session& session, const Arguments& typed);
absl::Status WatchAlerts(Session& session, const Arguments& typed);

}  // namespace tonghu::tonghuctl
