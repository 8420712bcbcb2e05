package io.tailrace.loader.audit;

/**
 * An agent on a host. A host can have several, and gets another one when its data folder is lost.
 *
 * @param host the host whose logs it reads
 * @param agent its identity, which it generated
 */
record AgentId(String host, String agent) implements Comparable<AgentId> {
    @Override
    public int compareTo(AgentId other) {
        int byHost = host.compareTo(other.host);
        return byHost != 0 ? byHost : agent.compareTo(other.agent);
    }

    @Override
    public String toString() {
        return host + " (agent " + agent + ")";
    }
}
