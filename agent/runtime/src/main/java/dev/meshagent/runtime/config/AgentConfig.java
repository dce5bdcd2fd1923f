package dev.meshagent.runtime.config;

import dev.meshagent.engine.snapshot.Locality;
import dev.meshagent.runtime.config.ConfigSources.Setting;
import dev.meshagent.runtime.log.LogLevel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * What the user asked of the agent, read once at its start. Reading never throws: what is wrong is
 * listed in {@link #problems}, for the log. A wrong value of a key that decides who this process is
 * or whom it obeys ({@code controller}, {@code controller.ca}, {@code service}, {@code namespace},
 * {@code token.file}) switches the mesh off, because a guess would send calls to the wrong place;
 * any other wrong value gives way to its default. Immutable.
 */
public final class AgentConfig {
  /** The controller's own default address. */
  public static final String DEFAULT_CONTROLLER = "ws://127.0.0.1:15010";

  public static final String DEFAULT_NAMESPACE = "default";

  private static final int DEFAULT_STARTUP_WAIT_MILLIS = 1_000;
  private static final int MOST_STARTUP_WAIT_MILLIS = 600_000;

  /** False: the process is to run as if the agent were not there. */
  public final boolean enabled;

  /** Scheme {@code ws} or {@code wss}, host and port; never a path. */
  public final URI controller;

  /** The certificates in PEM by which the controller is believed. Null: those of the JDK. */
  public final Path controllerCa;

  public final String service;
  public final String namespace;

  /** The value of the label {@code version}; empty if not told. */
  public final String version;

  /** All labels of the workload, {@code app} and {@code version} included. Unmodifiable. */
  public final Map<String, String> labels;

  public final Locality locality;

  /** The WorkloadGroup of its namespace that this process is of; empty for none. */
  public final String group;

  /** What {@code token.file} holds; empty if there is no such file. */
  public final String token;

  /** The IP literal that others are told to connect to; empty: the agent finds out. */
  public final String address;

  /** The primary port; 0: the first accepting port of a server library. */
  public final int port;

  /** If not empty, only these ports are offered. */
  public final PortRanges includePorts;

  /** These ports are never offered. */
  public final PortRanges excludePorts;

  public final LogLevel logLevel;

  /** Null: standard error. */
  public final Path logFile;

  /** Where snapshots outlive the process; may not exist yet. Null: nowhere. */
  public final Path cacheDir;

  /**
   * How long calls wait for the controller at most, in ns: for its first names counted from
   * premain, for the first snapshot of a service from the first call that needs it.
   */
  public final long startupWaitNanos;

  /** Where woven class files are written for inspection. Null: nowhere. */
  public final Path dumpDir;

  /** The names of the instrumentation modules that are switched off. Unmodifiable. */
  public final Set<String> disabledInstrumentations;

  /** What is wrong with the configuration, one readable line each. Unmodifiable. */
  public final List<String> problems;

  /** The controller takes no more (docs/control-protocol.md). */
  private static final int MAX_LABELS = 256;

  /** As Kubernetes names resources. */
  private static final Pattern GROUP_NAME =
      Pattern.compile("([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)?");

  private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])";
  private static final Pattern IPV4 = Pattern.compile(OCTET + "([.]" + OCTET + "){3}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:]*:[0-9a-fA-F:.]*(%.+)?");

  private AgentConfig(Reader reader) {
    namespace = reader.name(ConfigKey.NAMESPACE, DEFAULT_NAMESPACE);
    service = reader.name(ConfigKey.SERVICE, null);
    version = reader.text(ConfigKey.VERSION, "");
    controller = reader.controller();
    controllerCa = reader.controllerCa();
    labels = reader.labels(service, version);
    locality = reader.locality();
    group = reader.group();
    token = reader.token();
    address = reader.address();
    port = reader.port();
    PortRanges[] ports = reader.ports();
    includePorts = ports[0];
    excludePorts = ports[1];
    logLevel = reader.logLevel();
    logFile = reader.path(ConfigKey.LOG_FILE, null);
    cacheDir = reader.cacheDir();
    startupWaitNanos = TimeUnit.MILLISECONDS.toNanos(reader.startupWaitMillis());
    dumpDir = reader.path(ConfigKey.DUMP_DIR, null);
    disabledInstrumentations = reader.disabledInstrumentations();
    enabled = reader.bool(reader.sources.get(ConfigKey.ENABLED), true) && !reader.fatal;
    reader.sources.reportUnknownKeys();
    problems = Collections.unmodifiableList(reader.problems);
  }

  /** Reads the configuration of this process. */
  public static AgentConfig load(String agentArguments) {
    return load(agentArguments, System.getProperties(), System.getenv());
  }

  /** Reads a configuration from the given sources, for tests and tools. */
  public static AgentConfig load(
      String agentArguments, Properties properties, Map<String, String> environment) {
    return new AgentConfig(new Reader(agentArguments, properties, environment));
  }

  /** True if a port that this process listens on is to be offered to the mesh. */
  public boolean offers(int port) {
    return (includePorts.isEmpty() || includePorts.contains(port)) && !excludePorts.contains(port);
  }

  /** Turns settings into values and collects what is wrong with them. */
  private static final class Reader {
    final List<String> problems = new ArrayList<>();
    final ConfigSources sources;
    final Properties properties;
    final Map<String, String> environment;
    boolean fatal;

    Reader(String arguments, Properties properties, Map<String, String> environment) {
      this.sources = new ConfigSources(arguments, properties, environment, problems);
      this.properties = properties;
      this.environment = environment;
    }

    String text(ConfigKey key, String otherwise) {
      Setting setting = sources.get(key);
      return setting == null || setting.value.isEmpty() ? otherwise : setting.value;
    }

    String name(ConfigKey key, String otherwise) {
      Setting setting = sources.get(key);
      String fallback = otherwise;
      if (fallback == null) {
        fallback = ServiceNames.discover(properties, environment);
      }
      if (setting == null || setting.value.isEmpty()) {
        return fallback;
      }
      String name = setting.value.toLowerCase(Locale.ROOT);
      if (ServiceNames.isValid(name)) {
        return name;
      }
      refuse(
          setting,
          "is no DNS label; use at most 63 letters, digits and hyphens, with a letter among them");
      return fallback;
    }

    URI controller() {
      Setting setting = sources.get(ConfigKey.CONTROLLER);
      URI otherwise = URI.create(DEFAULT_CONTROLLER);
      if (setting == null || setting.value.isEmpty()) {
        return otherwise;
      }
      String text = setting.value.contains("://") ? setting.value : "ws://" + setting.value;
      try {
        URI uri = new URI(text);
        String scheme = webSocketScheme(uri.getScheme().toLowerCase(Locale.ROOT));
        String path = uri.getPath() == null ? "" : uri.getPath();
        if (scheme != null && uri.getHost() != null && (path.isEmpty() || path.equals("/"))) {
          int port = uri.getPort() > 0 ? uri.getPort() : scheme.equals("wss") ? 443 : 15010;
          return new URI(scheme, null, uri.getHost(), port, null, null, null);
        }
      } catch (URISyntaxException e) {
        // Said below.
      }
      refuse(setting, "is no controller; write host:port, ws://host:port or wss://host:port");
      return otherwise;
    }

    private static String webSocketScheme(String scheme) {
      switch (scheme) {
        case "ws":
        case "http":
          return "ws";
        case "wss":
        case "https":
          return "wss";
        default:
          return null;
      }
    }

    Map<String, String> labels(String service, String version) {
      Map<String, String> labels = new LinkedHashMap<>();
      labels.put("app", service);
      if (!version.isEmpty()) {
        labels.put("version", version);
      }
      Setting setting = sources.get(ConfigKey.LABELS);
      for (String label : elements(setting)) {
        int equals = label.indexOf('=');
        String name = equals < 0 ? label : label.substring(0, equals).trim();
        if (equals <= 0) {
          ignore(
              setting, "holds '" + label + "', which is no name=value", "that label is left out");
        } else if (name.equals("app") || name.equals("version")) {
          String key = name.equals("app") ? "service" : "version";
          ignore(setting, "names the label " + name, "use the key " + key + " for it");
        } else if (labels.size() == MAX_LABELS) {
          ignore(setting, "holds more than " + MAX_LABELS + " labels", name + " is left out");
        } else {
          labels.put(name, label.substring(equals + 1).trim());
        }
      }
      return Collections.unmodifiableMap(labels);
    }

    Locality locality() {
      Setting setting = sources.get(ConfigKey.LOCALITY);
      try {
        return setting == null ? Locality.UNKNOWN : Locality.parse(setting.value);
      } catch (IllegalArgumentException e) {
        ignore(setting, "is " + e.getMessage(), "the locality is left unknown");
        return Locality.UNKNOWN;
      }
    }

    String group() {
      Setting setting = sources.get(ConfigKey.GROUP);
      if (setting == null || GROUP_NAME.matcher(setting.value).matches()) {
        return setting == null ? "" : setting.value;
      }
      ignore(setting, "is no name of a WorkloadGroup", "the process is of no group");
      return "";
    }

    Path controllerCa() {
      Path file = path(ConfigKey.CONTROLLER_CA, null);
      if (file != null && !Files.isReadable(file)) {
        refuse(
            sources.get(ConfigKey.CONTROLLER_CA),
            "cannot be read; name a file with the controller's certificate in PEM");
      }
      return file;
    }

    String token() {
      Path file = path(ConfigKey.TOKEN_FILE, null);
      if (file == null) {
        return "";
      }
      Setting setting = sources.get(ConfigKey.TOKEN_FILE);
      try {
        String token = new String(Files.readAllBytes(file), StandardCharsets.UTF_8).trim();
        if (!token.isEmpty() && token.chars().allMatch(c -> c > ' ' && c < 127)) {
          return token;
        }
        refuse(setting, "holds no token; the file must hold one line of visible ASCII");
      } catch (IOException e) {
        refuse(setting, "cannot be read (" + e + "); let this user read it");
      }
      return "";
    }

    String address() {
      Setting setting = sources.get(ConfigKey.ADDRESS);
      if (setting == null || setting.value.isEmpty()) {
        return "";
      }
      String text = setting.value;
      if (text.startsWith("[") && text.endsWith("]")) {
        text = text.substring(1, text.length() - 1);
      }
      InetAddress address = literal(text);
      if (address == null) {
        ignore(setting, "is no IPv4 or IPv6 literal of this host", "the address is found out");
        return "";
      }
      if (address.isAnyLocalAddress() || address.isMulticastAddress()) {
        ignore(setting, "is no address that can be connected to", "the address is found out");
        return "";
      }
      return text;
    }

    /** Null if the text is none; never asks DNS. */
    private static InetAddress literal(String text) {
      boolean ipv6 = IPV6.matcher(text).matches();
      if (!ipv6 && !IPV4.matcher(text).matches()) {
        return null;
      }
      try {
        // Brackets: what is no IPv6 literal after all is refused rather than looked up.
        return InetAddress.getByName(ipv6 ? "[" + text + "]" : text);
      } catch (UnknownHostException e) {
        return null;
      }
    }

    int port() {
      Setting setting = sources.get(ConfigKey.PORT);
      try {
        return setting == null || setting.value.isEmpty() ? 0 : PortRanges.port(setting.value);
      } catch (IllegalArgumentException e) {
        ignore(setting, "does not fit: " + e.getMessage(), "the primary port is found out");
        return 0;
      }
    }

    PortRanges[] ports() {
      Setting setting = sources.get(ConfigKey.PORTS);
      List<String> include = new ArrayList<>();
      List<String> exclude = new ArrayList<>();
      for (String element : elements(setting)) {
        if (element.startsWith("!")) {
          exclude.add(element.substring(1).trim());
        } else {
          include.add(element);
        }
      }
      try {
        return new PortRanges[] {PortRanges.parse(include), PortRanges.parse(exclude)};
      } catch (IllegalArgumentException e) {
        ignore(
            setting,
            "does not fit: " + e.getMessage(),
            "all ports are offered; write 8080;9000-9010 to include, !9090 to exclude");
        return new PortRanges[] {PortRanges.NONE, PortRanges.NONE};
      }
    }

    LogLevel logLevel() {
      Setting setting = sources.get(ConfigKey.LOG_LEVEL);
      if (setting == null || setting.value.isEmpty()) {
        return LogLevel.INFO;
      }
      for (LogLevel level : LogLevel.values()) {
        if (level.name().equalsIgnoreCase(setting.value)) {
          return level;
        }
      }
      ignore(setting, "is no level", "info is used; the levels are debug, info, warn, error, off");
      return LogLevel.INFO;
    }

    Path path(ConfigKey key, Path otherwise) {
      Setting setting = sources.get(key);
      if (setting == null || setting.value.isEmpty()) {
        return otherwise;
      }
      try {
        return Paths.get(setting.value);
      } catch (RuntimeException e) {
        ignore(setting, "is no path (" + e.getMessage() + ")", "it is not used");
        return otherwise;
      }
    }

    Path cacheDir() {
      Setting setting = sources.get(ConfigKey.CACHE_DIR);
      if (setting != null) {
        return path(ConfigKey.CACHE_DIR, null);
      }
      String base = environment.get("XDG_CACHE_HOME");
      String home = properties.getProperty("user.home");
      if (base != null && base.startsWith("/")) {
        return Paths.get(base, "mesh-agent");
      }
      return home == null || home.isEmpty() || home.equals("?")
          ? null
          : Paths.get(home, ".cache", "mesh-agent");
    }

    int startupWaitMillis() {
      Setting setting = sources.get(ConfigKey.STARTUP_WAIT);
      if (setting == null || setting.value.isEmpty()) {
        return DEFAULT_STARTUP_WAIT_MILLIS;
      }
      try {
        int millis = Integer.parseInt(setting.value);
        if (millis >= 0 && millis <= MOST_STARTUP_WAIT_MILLIS) {
          return millis;
        }
      } catch (NumberFormatException e) {
        // Said below.
      }
      ignore(
          setting,
          "is no whole number of milliseconds from 0 to " + MOST_STARTUP_WAIT_MILLIS,
          DEFAULT_STARTUP_WAIT_MILLIS + " is used");
      return DEFAULT_STARTUP_WAIT_MILLIS;
    }

    Set<String> disabledInstrumentations() {
      Set<String> disabled = new HashSet<>();
      for (Map.Entry<String, Setting> entry : sources.instrumentationSwitches().entrySet()) {
        if (!bool(entry.getValue(), true)) {
          disabled.add(entry.getKey());
        }
      }
      return Collections.unmodifiableSet(disabled);
    }

    boolean bool(Setting setting, boolean otherwise) {
      if (setting == null || setting.value.isEmpty()) {
        return otherwise;
      }
      if (setting.value.equalsIgnoreCase("true") || setting.value.equalsIgnoreCase("false")) {
        return Boolean.parseBoolean(setting.value);
      }
      ignore(setting, "is neither true nor false", otherwise + " is used");
      return otherwise;
    }

    private static List<String> elements(Setting setting) {
      List<String> elements = new ArrayList<>();
      if (setting != null) {
        for (String element : setting.value.split("[,;]")) {
          if (!element.trim().isEmpty()) {
            elements.add(element.trim());
          }
        }
      }
      return elements;
    }

    private void ignore(Setting setting, String problem, String consequence) {
      problems.add(setting.place + "='" + setting.value + "' " + problem + "; " + consequence);
    }

    private void refuse(Setting setting, String problem) {
      fatal = true;
      problems.add(
          setting.place
              + "='"
              + setting.value
              + "' "
              + problem
              + "; until then the mesh stays off");
    }
  }
}
