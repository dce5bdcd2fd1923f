/**
 * Weaves advice into the library classes that the instrumentation modules name, and links the woven
 * calls to the advice.
 *
 * <pre>
 *   class load ──▶ Weaver ── LibraryCheck ok? ──▶ AdviceWriter writes one indy call per advice
 *   first call ──▶ MeshAgentDispatch.link ──▶ Linker ──▶ InstrumentationLoader ──▶ advice method
 *
 *        platform ◀── AgentLoader (dev.meshagent.*, ASM, Jackson, …)
 *            ▲              ▲
 *       application ◀── InstrumentationLoader (dev.meshagent.instrumentation.*), one per
 *         loader            (module, application loader)
 * </pre>
 *
 * Advice is thus an ordinary class that sees the agent and the library; the library sees neither.
 */
package dev.meshagent.runtime.weave;
