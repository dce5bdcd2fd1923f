package dev.meshagent.instrumentation.apachehttpclient5;

import org.apache.hc.client5.http.cookie.BasicCookieStore;
import org.apache.hc.client5.http.cookie.Cookie;
import org.apache.hc.client5.http.cookie.CookieStore;
import org.apache.hc.client5.http.protocol.HttpClientContext;

/** Makes contexts for what is sent aside: the client's settings, and nothing of the exchange. */
final class SideContext {
  private SideContext() {}

  /** For a copy whose answer is thrown away: it sends the same cookies and keeps none. */
  static HttpClientContext ofCopy(HttpClientContext context) {
    CookieStore cookies = null;
    if (context.getCookieStore() != null) {
      cookies = new BasicCookieStore();
      for (Cookie cookie : context.getCookieStore().getCookies()) {
        cookies.addCookie(cookie);
      }
    }
    return of(context, cookies);
  }

  /** For an attempt whose answer may be the call's. */
  static HttpClientContext ofHedge(HttpClientContext context) {
    return of(context, context.getCookieStore());
  }

  private static HttpClientContext of(HttpClientContext context, CookieStore cookies) {
    HttpClientContext aside = HttpClientContext.create();
    if (cookies != null) {
      aside.setCookieStore(cookies);
    }
    aside.setRequestConfig(context.getRequestConfig());
    aside.setCookieSpecRegistry(context.getCookieSpecRegistry());
    aside.setAuthSchemeRegistry(context.getAuthSchemeRegistry());
    aside.setCredentialsProvider(context.getCredentialsProvider());
    return aside;
  }
}
