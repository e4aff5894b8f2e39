// A receiver of Tencent IM callbacks with the JDK (11 or later) alone: TOKEN=… java Receiver.java 3000
import com.sun.net.httpserver.HttpServer;
import java.net.*;
import java.security.MessageDigest;
import java.util.*;
import static java.nio.charset.StandardCharsets.UTF_8;
class Receiver {
  static boolean isGenuine(Map<String, String> query) throws Exception {
    String at = query.getOrDefault("RequestTime", "0");
    byte[] hash = MessageDigest.getInstance("SHA-256").digest((System.getenv("TOKEN") + at).getBytes(UTF_8));
    String sign = String.format("%064x", new java.math.BigInteger(1, hash));
    boolean isNow = Math.abs(System.currentTimeMillis() / 1000 - Long.parseLong(at)) < 60;
    return isNow && MessageDigest.isEqual(sign.getBytes(UTF_8), query.getOrDefault("Sign", "").getBytes(UTF_8));
  }
  static String handle(String command, String body, String id) { // parse the body with the JSON library of your choice
    if (command.equals("Group.CallbackBeforeSendMsg") && body.contains("casino"))
      return "{\"ActionStatus\":\"OK\",\"ErrorInfo\":\"not here\",\"ErrorCode\":10100}";
    System.out.println(command + " " + id); // the same id may come again: remember it with what you do
    return "{\"ActionStatus\":\"OK\",\"ErrorInfo\":\"\",\"ErrorCode\":0}";
  }
  public static void main(String[] args) throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])), 0);
    server.setExecutor(java.util.concurrent.Executors.newFixedThreadPool(16));
    server.createContext("/", exchange -> {
      try (exchange) {
        Map<String, String> query = new HashMap<>();
        for (String pair : exchange.getRequestURI().getRawQuery().split("&"))
          query.put(pair.replaceAll("=.*", ""), URLDecoder.decode(pair.replaceAll("^[^=]*=?", ""), UTF_8));
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        int status = isGenuine(query) ? 200 : 401;
        String text = status == 401 ? "{}" : handle(query.get("CallbackCommand"), body, query.get("RequestID"));
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, text.getBytes(UTF_8).length);
        exchange.getResponseBody().write(text.getBytes(UTF_8));
      } catch (Exception error) { throw new java.io.IOException(error); }
    });
    server.start();
  }
}
