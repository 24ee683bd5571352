package client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.HtmlUtils;

/** Spring Boot's oauth2Login with nothing but issuer, client id and secret. */
@SpringBootApplication
@RestController
public class Client {
  public static void main(String[] arguments) {
    SpringApplication.run(Client.class, arguments);
  }

  @EventListener(ApplicationReadyEvent.class)
  void ready() {
    System.out.println("Listening");
  }

  /** Every page needs a signed-in user; the year of updated_at shows that Spring reads it as seconds. */
  @GetMapping(value = {"/", "/sign-in"}, produces = "text/html")
  String home(@AuthenticationPrincipal OidcUser user) throws JsonProcessingException {
    int year = user.getUpdatedAt().atZone(java.time.ZoneOffset.UTC).getYear();
    var shown = Map.of("sub", user.getSubject(), "email", user.getEmail(), "updatedInYear", year);
    return "<pre id=user>" + HtmlUtils.htmlEscape(new ObjectMapper().writeValueAsString(shown)) + "</pre>";
  }
}
