package io.tailrace.metrics;

/** Whether a process runs, and whether it does its work. Called on threads of the endpoint; must be quick and thread-safe. */
public interface Health {

    /**
     * An answer and the reason for it.
     *
     * @param ok whether all is well
     * @param reason one sentence, for people
     */
    record Status(boolean ok, String reason) {
        /** All is well. */
        public static Status up(String reason) {
            return new Status(true, reason);
        }

        /** Something is wrong. */
        public static Status down(String reason) {
            return new Status(false, reason);
        }
    }

    /** Whether the process can go on. If not, restart it. */
    Status live();

    /** Whether the process does its work now. If not, wait, or look for the reason. */
    Status ready();
}
