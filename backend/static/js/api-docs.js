// The page of the API's documentation: Swagger UI reads the description; what is tried out as oneself carries the token of the page.
"use strict";

const place = document.getElementById("swagger-ui");

SwaggerUIBundle({
  url: place.dataset.description,
  dom_id: "#swagger-ui",
  deepLinking: true,
  layout: "BaseLayout",
  presets: [SwaggerUIBundle.presets.apis],
  requestInterceptor(request) {
    if (request.method && request.method !== "GET" && request.credentials === "same-origin") {
      request.headers["X-CSRFToken"] = place.dataset.token;
    }
    return request;
  },
});
