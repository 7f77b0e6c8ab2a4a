/* fcgi: the loop that accepts requests, one at a time, and hands them on as struct request. */
#ifndef TACITE_WEB_FCGI_H
#define TACITE_WEB_FCGI_H

#include "web/request.h"
#include "web/response.h"

/* Answers one request; `refused` is 0, or the status that request_parse wants, or 413. False ends the loop
 * after this answer (the process retires). body_max is asked before the body is read: the most bytes that
 * this method and path take; NULL: BODY_BYTES_MAX for all. */
struct fcgi_handler {
    bool (*answer)(const struct request *request, int refused, struct response *response, void *arg);
    void *arg;
    size_t (*body_max)(const struct request *request);
};

/* Serves on the listening socket until SIGTERM or until answer says so; 0, or 70 when libfcgi fails. */
int serve_fcgi(int socket, const struct fcgi_handler *handler);

#endif
