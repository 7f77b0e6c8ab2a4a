/* constant: the reference of the page benchmarks: a bare FastCGI program that answers the same bytes
 * to every request.
 *
 * constant SOCKET PROCESSES [FILE]: without a file it says "hello", with one it sends the file's bytes
 * as HTML from memory. The processes end with the one that started them: a benchmark that is
 * stopped leaves nothing behind. */
#include <fcgiapp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char page[1 << 20] = "hello\n";
static int page_bytes = 6;

static void serve(int socket, pid_t parent)
{
    FCGX_Request request;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        exit(0);
    if (FCGX_Init() != 0 || FCGX_InitRequest(&request, socket, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
        exit(70);
    while (FCGX_Accept_r(&request) == 0) {
        FCGX_FPrintF(request.out, "Content-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n", page_bytes);
        FCGX_PutStr(page, page_bytes, request.out);
        FCGX_Finish_r(&request);
    }
    exit(0);
}

int main(int argc, char **argv)
{
    long processes = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
    pid_t parent = getpid();
    int socket;

    if (processes < 1 || processes > 64) {
        (void)fprintf(stderr, "constant SOCKET PROCESSES [FILE]\n");
        return 64;
    }
    if (argc > 3) {
        FILE *file = fopen(argv[3], "re");

        if (file == NULL)
            return 66;
        page_bytes = (int)fread(page, 1, sizeof page, file);
        (void)fclose(file);
    }
    (void)umask(0);
    if (FCGX_Init() != 0 || (socket = FCGX_OpenSocket(argv[1], 512)) < 0)
        return 69;
    for (; processes > 0; processes--)
        if (fork() == 0)
            serve(socket, parent);
    while (wait(NULL) > 0)
        continue;
    return 0;
}
