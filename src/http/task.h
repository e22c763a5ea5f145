// The one coroutine type of http/, and the executor that everything of one connection runs on.
//
// task.cpp holds the compiled parts of Asio and Beast, once for the whole program.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>

#include "base/result.h"

namespace couvert {

template <class T = void>
using Task = boost::asio::awaitable<Result<T>>;

/// What belongs to one connection runs one after the other, on any of the io threads.
using Strand = boost::asio::strand<boost::asio::io_context::executor_type>;

}  // namespace couvert
