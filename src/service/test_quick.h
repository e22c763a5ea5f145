// Somebody with QUICK for the tests of the use cases, with all that only their client knows.
#pragma once

#include <doctest/doctest.h>

#include <string>

#include "sealing/contact_book.h"
#include "service/quick_relay.h"
#include "service/test_world.h"

namespace couvert {

/// Somebody with QUICK on one client.
struct QuickSide {
  Address address;
  Caller caller;
  PersonSecret person;
  Secret<32> device_key;
  DeviceProof proof;

  QuickSide(TestWorld& world, std::string text)
      : address{std::move(text)},
        caller(world.verified(address.text)),
        person(make_person(world.random)),
        device_key(world.random.secret<32>()) {
    proof.device = DeviceId::make(world.random);
    proof.token_hash = hash_secret(device_token(device_key, address.text, proof.device));
  }

  QuickPerson shown() const { return {address.text, person.public_key}; }

  void activate(TestWorld& world) {
    const Buffer sealed = seal_person(device_key, address.text, person, world.random);
    const Activation activation{
        address,
        person.public_key,
        hash_secret(member_token(person.book_key, address.text)),
        sealed,
        seal_book(person.book_key, {address.text, 1}, {}, world.random).value(),
        {proof, "Firefox", sealed}};
    REQUIRE(
        QuickPeople(*world.parts).activate(caller, activation, IfActive::start_anew).has_value());
  }
};

/// What went wrong, as it had to.
template <class T>
const Error& error_of(const Result<T>& result) {
  REQUIRE_FALSE(result.has_value());
  return result.error();
}

}  // namespace couvert
