// Turns what was typed into a form into a request. Pure, except for files named as documents.
#pragma once

#include <google/protobuf/message.h>

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/forms/form.h"

namespace tonghu::forms {

// What was typed into a form.
struct Answers {
  std::string county;  // as given by --county; may be empty
  std::map<const Field*, std::vector<std::string>>
      typed;  // by field; a flag that was typed has one text, "true" or "false"
};

// Fills `request`, which is of the form's method. Errors: usage errors, naming the option.
absl::Status Fill(const Form& form, const Answers& answers, google::protobuf::Message* request);

// Whether the field is a flag: typed without a value.
bool IsFlag(const Form& form, const Field& field);
// Whether the field takes more than one value.
bool IsRepeated(const Form& form, const Field& field);
// The field's sentence for the help, with the words that may be typed.
std::string HelpOf(const Form& form, const Field& field);

}  // namespace tonghu::forms
