// What tests of statements share: one PostgreSQL for all tests of a suite.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "libs/postgres/connection.h"
#include "libs/postgres/migrate.h"
#include "tests/harness/stack.h"

namespace tonghu::harness {

class PostgresTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto stack = Stack::Up({.only = "postgres"});
    ASSERT_TRUE(stack.ok()) << stack.status();
    stack_ = std::move(*stack);
  }
  static void TearDownTestSuite() { stack_.reset(); }

  static Stack& stack() { return *stack_; }
  // As a role that has an empty schema of its own.
  static std::string Conninfo() { return stack_->Conninfo("tonghu_pairing"); }
  // Null when it fails, which the test then says.
  static std::unique_ptr<postgres::Connection> Open() {
    auto connection = postgres::Connection::Open(Conninfo());
    EXPECT_TRUE(connection.ok()) << connection.status();
    return connection.ok() ? *std::move(connection) : nullptr;
  }
  // The same, with the tables of `sets`.
  static std::unique_ptr<postgres::Connection> OpenWith(const std::vector<postgres::MigrationSet>& sets) {
    auto connection = Open();
    if (connection == nullptr) return nullptr;
    for (const postgres::MigrationSet& set : sets) EXPECT_TRUE(postgres::Migrate(*connection, set).ok());
    return connection;
  }

 private:
  static inline std::unique_ptr<Stack> stack_;
};

}  // namespace tonghu::harness
