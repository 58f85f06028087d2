// Trees of processes that do not want to end. Each says `ready` when it is complete.

/** A shell that ignores signals, its child in a session of its own, and a daemon. */
export const shells = `
trap '' TERM INT HUP
setsid sh -c 'trap "" TERM INT HUP; (setsid sleep 600 & ); while :; do sleep 600; done' &
(setsid sleep 600 < /dev/null > /dev/null 2>&1 &)
echo ready
while :; do sleep 600; done`

/** As sleeps that nobody waits for: setsid and two forks, from python3. */
export const python = `
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
for i in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() != 0:
            os._exit(0)
        for fd in (0, 1, 2):
            os.close(fd)
        time.sleep(600)
        os._exit(0)
    os.wait()
print('ready', flush=True)
time.sleep(600)`

/** Never the same process for long: each forks, leaves the session, executes, and ends. */
export const fleeing = `
echo ready
exec sh -c 'setsid sh -c "$1" sh "$1" & exit' sh 'setsid sh -c "$1" sh "$1" & exit'`

/** Each makes two more, until there are many. */
export const bomb = `
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print('ready', flush=True)
for depth in range(7):
    if os.fork() == 0:
        os.setsid()
while True:
    if os.fork() == 0:
        if os.fork() == 0:
            os.setsid()
            time.sleep(600)
        os._exit(0)
    os.wait()
    time.sleep(0.05)`
