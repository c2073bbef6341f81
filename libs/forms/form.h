// Forms: methods as people see them, what is filled in and what is shown. Data only (tonghu.forms.v1), for
// the command line and every other place where a person asks. forms_test.cpp holds the forms against the
// protos.
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <string_view>
#include <vector>

#include "tonghu/forms/v1/forms.pb.h"

namespace tonghu::forms {

using v1::Column;
using v1::Field;
using v1::Form;
using v1::Table;

// Reads forms in protobuf's text format, and puts in what they share: layouts, and the fields of other forms.
// Text that can't be read gives none.
v1::Forms ReadForms(const std::string& text);

// All forms of the APIs, with their groups, and the methods without one.
const v1::Forms& Forms();

// The form of a group and verb ("pair", "list"); nullptr when there is none.
const Form* FindForm(std::string_view group, std::string_view verb);

// The files of every API of the services. Naming them here also links them into the program.
const std::vector<const google::protobuf::FileDescriptor*>& Apis();

// The form's method; nullptr when no API has it.
const google::protobuf::MethodDescriptor* MethodOf(const Form& form);

// The path at which the request has the county: "parent", or the parent of the message in it; else "county",
// for the bare code; empty when there is none.
std::string CountyPathOf(const Form& form);

// Whether the answer comes in pages.
bool IsPaged(const Form& form);

// The fields along a path; empty when there is no such path. A step into a repeated field means its elements.
std::vector<const google::protobuf::FieldDescriptor*> Along(const google::protobuf::Descriptor& type,
                                                            const std::string& path);

}  // namespace tonghu::forms
