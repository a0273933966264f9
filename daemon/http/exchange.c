/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What handlers see of a request. An answer given on the connection's own thread is written at
 * once; one from elsewhere goes through the inbox, in a field that the connection reads only when
 * it comes out there.
 */
#include "http/connection.h"
#include <assert.h>

const struct http_request *http_exchange_request(const struct http_exchange *exchange)
{
    return &exchange->request;
}

uint64_t http_exchange_prefix(const struct http_exchange *exchange)
{
    return exchange->prefix;
}

void http_reply(struct http_exchange *exchange, struct http_response *response)
{
    struct connection *connection = exchange->connection;
    assert(response != NULL);
    if (!worker_is_here(connection->worker)) {
        exchange->posted = response;
        inbox_post(connection->worker->inbox, connection_on_posted, exchange);
        return;
    }
    assert(exchange->response == NULL);
    exchange->response = response;
    if (!connection->is_in_handler)
        connection_answer(connection);
}
