// Shows a method's answer as text in cells. Pure.
#pragma once

#include <google/protobuf/message.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "libs/forms/form.h"

namespace tonghu::forms {

// What other services are asked for, by resource name: display names, and, under `LastContactOf(child)`, the
// time of the child's last contact.
using Names = std::map<std::string, std::string>;

// The name under which a child's last contact stands in Names.
std::string LastContactOf(const std::string& child);
// The child of a name made by LastContactOf; empty for other names.
std::string ChildOfLastContact(const std::string& name);

// The cells of a table: the first row is the header.
using Cells = std::vector<std::vector<std::string>>;

// Adds to `names` the names for which the form's tables show what Names holds.
void AddNamesIn(const Form& form, const google::protobuf::Message& answer, std::set<std::string>* names);

Cells CellsOf(const Table& table, const google::protobuf::Message& answer, const Names& names);

// The form's summary; empty when it has none.
std::string SummaryOf(const Form& form, const google::protobuf::Message& answer);

// Masks identity numbers at any depth: only their last four characters stay.
void Mask(google::protobuf::Message* answer);

}  // namespace tonghu::forms
