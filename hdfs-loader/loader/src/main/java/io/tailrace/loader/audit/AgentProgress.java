package io.tailrace.loader.audit;

import java.util.List;

/**
 * Up to which event time an agent has sent everything to a topic.
 *
 * @param agent the agent
 * @param topic the topic
 * @param readUpToMs exclusive: lines with earlier event times are acknowledged and counted
 * @param nextSequence all of them are in counts below this number
 * @param stopped whether the agent stopped cleanly afterwards
 * @param waitingFor what holds the agent back, such as a file that it cannot read
 */
record AgentProgress(
        AgentId agent, String topic, long readUpToMs, long nextSequence, boolean stopped, List<String> waitingFor) {}
