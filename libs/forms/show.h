// A method's answer as text in cells. Pure.
#pragma once

#include <google/protobuf/message.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "libs/forms/form.h"

namespace tonghu::forms {

// By resource name, what is asked of others to stand beside it: display names, and of `LastContactOf(child)`
// when that child was last spoken with.
using Names = std::map<std::string, std::string>;

// The resource name under which a child's last contact stands.
std::string LastContactOf(const std::string& child);
// The child of such a name; empty for other names.
std::string ChildOfLastContact(const std::string& name);

// The cells of a table: the first row is the header.
using Cells = std::vector<std::vector<std::string>>;

// Resource names for which the form's tables show what Names holds. Added to `names`.
void AddNamesIn(const Form& form, const google::protobuf::Message& answer, std::set<std::string>* names);

Cells CellsOf(const Table& table, const google::protobuf::Message& answer, const Names& names);

// The form's summary; empty when it has none.
std::string SummaryOf(const Form& form, const google::protobuf::Message& answer);

// Identity numbers, at any depth, keep their last four characters.
void Mask(google::protobuf::Message* answer);

}  // namespace tonghu::forms
