// Commands made from forms (libs/forms): options, call, tables.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "libs/forms/form.h"
#include "libs/forms/show.h"
#include "services/tonghuctl/commands/command.h"

namespace tonghu::tonghuctl {

// What is typed into one form. Lives as long as the command line.
struct FormInput {
  struct Slot {
    const forms::Field* field;
    Argument argument;
    std::string text;
    std::vector<std::string> texts;
    bool flag = false;
  };
  const forms::Form* form;
  std::string county;
  int limit = 1000;  // of a list, in all; 0: everything
  std::string page_token;
  std::vector<std::unique_ptr<Slot>> slots;

  bool Typed(std::string_view option) const;  // "--child"
};

// Adds the form's command to its group.
std::pair<Command, std::shared_ptr<FormInput>> AddForm(Command group, Session& session,
                                                       const forms::Form& form);

// Makes the call and shows the answer.
absl::Status RunForm(Session& session, const FormInput& input);

// The form's tables of an answer that came by another way, with names.
std::string TablesText(Session& session, const forms::Form& form, const google::protobuf::Message& answer);

// All groups of commands that have forms, with what belongs to them and is no form.
void AddForms(Command program, Session& session);

}  // namespace tonghu::tonghuctl
