# Τα κείμενα των σελίδων στα ελληνικά. Τα μηνύματα της ταυτότητας είναι στο τέλος, με
# τα κλειδιά τους σε κεφαλαία.

language-name = Ελληνικά

## The shell
skip = Μετάβαση στο περιεχόμενο
navigation = Κύριο μενού
theme = Φωτεινό ή σκούρο
sign-in = Σύνδεση
sign-up = Εγγραφή
log-out = Αποσύνδεση
dismiss = Κλείσιμο
form-mend = Κάποια πεδία χρειάζονται πρώτα διόρθωση:
done-language = Οι σελίδες είναι πλέον στα { $name }.
no-such-language = Δεν υπάρχουν κείμενα σε αυτή τη γλώσσα.
tab-profile = Προφίλ
powered-by = Με την υποστήριξη του
rights = Με επιφύλαξη παντός δικαιώματος.
nav-overview = Επισκόπηση
nav-machines = Μηχανές
nav-networks = Δίκτυα
nav-images = Εικόνες
nav-files = Αρχεία
nav-usage = Χρήση
nav-api = Πρόσβαση API
nav-account = Λογαριασμός
nav-guide = Οδηγός
administration = Διαχείριση
nav-contact = Επικοινωνία
search = Αναζήτηση
search-for = Σελίδες, ενέργειες, μηχανές
search-none = Τίποτα δεν λέγεται «{ $query }».
kind-page = Σελίδα
kind-action = Ενέργεια
kind-machine = Μηχανή

## Words used in many places
actions = Ενέργειες
addresses = Διευθύνσεις IP
cancel = Άκυρο
changed = Τροποποίηση
copied = Αντιγράφηκε
copy = Αντιγραφή
created = Δημιουργία
delete = Διαγραφή
details = Λεπτομέρειες
expires = Λήξη
items = Στοιχεία
just-now = μόλις τώρα
minutes-ago = { $n ->
    [1] πριν από 1 λεπτό
   *[other] πριν από { $n } λεπτά
 }
hours-ago = { $n ->
    [1] πριν από 1 ώρα
   *[other] πριν από { $n } ώρες
 }
days-ago = { $n ->
    [1] χθες
   *[other] πριν από { $n } ημέρες
 }
keep = Να μείνει
in-minutes = { $n ->
    [1] σε 1 λεπτό
   *[other] σε { $n } λεπτά
 }
in-hours = { $n ->
    [1] σε 1 ώρα
   *[other] σε { $n } ώρες
 }
in-days = { $n ->
    [1] σε 1 ημέρα
   *[other] σε { $n } ημέρες
 }
kind = Είδος
log = Ημερολόγιο
name = Όνομα
next-page = Επόμενη σελίδα
over = έληξε
page-of = Σελίδα { $page } από { $pages }
pages = Σελίδες
previous-page = Προηγούμενη σελίδα
send = Αποστολή
look = Προβολή
of-limit = από { $limit }
private = Ιδιωτικό
public = Δημόσιο
save = Αποθήκευση
size = Μέγεθος
state = Κατάσταση
system = Λειτουργικό σύστημα
unlimited = Απεριόριστο
used-of = { $used } από { $limit }
where = Βρίσκεστε εδώ

## Errors
error-title-400 = Αυτό δεν έγινε
error-title-403 = Δεν επιτρέπεται
error-title-404 = Η σελίδα δεν υπάρχει
error-title-409 = Όχι τώρα
error-title-413 = Πάρα πολλά
error-title-500 = Κάτι πήγε στραβά
error-title-501 = Δεν υποστηρίζεται ακόμη
error-title-503 = Προς το παρόν μη διαθέσιμο
error-text-500 = Το λάθος είναι δικό μας και έχει καταγραφεί. Δοκιμάστε ξανά σε λίγο.
error-help = Χρειάζεστε βοήθεια;
error-id = Αν συμβεί ξανά, πείτε μας αυτόν τον αριθμό:
forgery = Η φόρμα δεν στάλθηκε από σελίδα αυτής της συνεδρίας. Γυρίστε πίσω, φορτώστε ξανά τη σελίδα και στείλτε την πάλι.
form-too-long = Η φόρμα είναι υπερβολικά μεγάλη.
no-such-page = Σε αυτή τη διεύθυνση δεν υπάρχει τίποτα.
to-front = Στην αρχική σελίδα

## Front page and overview
portal-title = Καλώς ήρθατε
portal-head = { $service }, το δικό σας νέφος
portal-text = Μηχανές, δίκτυα και αρχεία που φτιάχνετε και σβήνετε μόνοι σας, από τον φυλλομετρητή ή από πρόγραμμα.
to-dashboard = Στην επισκόπησή μου
machines-about = Ξεκινήστε μια μηχανή από μια εικόνα και πετάξτε την όταν τελειώσετε.
files-about = Κρατήστε αρχεία, και τις εικόνες δίσκων από τις οποίες γίνονται οι μηχανές σας.
api-about = Όλα όσα υπάρχουν εδώ γίνονται και από πρόγραμμα.
hello = Γεια σας, { $name }
machines-running = Μηχανές σε λειτουργία
stored = Αποθηκευμένα
containers = Περιέκτες
first-step = Ανεβάστε μια εικόνα δίσκου για να αρχίσετε
usage-empty = Δεν υπάρχει ακόμη κάτι να δείτε.
usage-none = Τίποτα ακόμη
usage-all = Αναλυτική χρήση
usage-says = { $used } από { $limit } (απομένουν { $left })
project-left = Στο έργο συνολικά απομένουν μόνο { $left }.
group-storage = Αποθήκευση
group-compute = Μηχανές
group-network = Δίκτυο
group-accounts = Λογαριασμός
all-of-them = Και οι { $n }
services = Υπηρεσίες
account-about = Το όνομά σας, ο κωδικός σας και πού είστε συνδεδεμένοι.
needs-you = Σας χρειάζονται
need-token = Το διακριτικό API λήγει { $when }.
need-machine = Η μηχανή { $name } έχει σφάλμα.
need-quota = { $resource }: χρησιμοποιούνται { $used } από { $limit }.

## Login, sign-up, passwords
login-title = Σύνδεση
email = Email
email-help = Στέλνουμε εκεί έναν σύνδεσμο για να βεβαιωθούμε ότι είναι δικό σας.
password = Κωδικός
password-again = Ξανά ο κωδικός
password-help = Τουλάχιστον 8 χαρακτήρες. Καλύτερα μακρύς και ευκολομνημόνευτος παρά μικρός και παράξενος.
forgot = Ξεχάσατε τον κωδικό σας;
no-account = Δεν έχετε λογαριασμό;
have-account = Έχετε λογαριασμό;
signup-title = Δημιουργία λογαριασμού
signup-intro = Χρειάζεται ένα λεπτό.
create-account = Δημιουργία λογαριασμού
first-name = Όνομα
last-name = Επώνυμο
resend = Στείλτε ξανά το μήνυμα επιβεβαίωσης
check-mail-title = Δείτε το email σας
moderation-title = Αναμονή έγκρισης
rejected-title = Ο λογαριασμός σας δεν έγινε δεκτός
accepted-title = Είστε μέσα
activate-title = Επιβεβαιώστε το email σας
activate-ask = Πατήστε το κουμπί για να επιβεβαιώσετε ότι αυτή η διεύθυνση email είναι δική σας.
activate-button = Επιβεβαίωση
logout-ask = Θέλετε να αποσυνδεθείτε;
reset-title = Ξεχάσατε τον κωδικό σας;
reset-intro = Πείτε μας τη διεύθυνση email σας και θα σας στείλουμε έναν σύνδεσμο για νέο κωδικό.
reset-button = Αποστολή συνδέσμου
new-password-title = Νέος κωδικός
new-password = Νέος κωδικός
old-password = Τωρινός κωδικός
set-password = Ορισμός κωδικού
renew-token-too = Και νέο διακριτικό API

## Account
user-id = Αναγνωριστικό χρήστη
joined = Εγγραφή
change-password = Αλλαγή κωδικού
language = Γλώσσα
language-help = Αυτών των σελίδων και των μηνυμάτων που λαμβάνετε.
sessions = Πού είστε συνδεδεμένοι
sessions-help = Τερματίστε όσα δεν αναγνωρίζετε.
browser = Φυλλομετρητής
from-address = Από
last-used = Τελευταία χρήση
this-browser = Αυτός ο φυλλομετρητής
end-session = Τερματισμός
end-others = Τερματισμός όλων των άλλων
done-session-ended = Η συνεδρία τερματίστηκε.
own-project = Έργο συστήματος

## API access
api-intro = Τα προγράμματα αποδεικνύουν ποιοι είστε με ένα διακριτικό. Προσέξτε το όπως έναν κωδικό.
auth-url = Διεύθυνση ταυτοποίησης
token = Διακριτικό
show-token = Εμφάνιση του διακριτικού
renew-token = Νέο διακριτικό
renew-ask = Όσα προγράμματα χρησιμοποιούν το τωρινό διακριτικό σταματούν αμέσως να δουλεύουν.
kamaki = Ρύθμιση του kamaki
kamaki-help = Το kamaki είναι η γραμμή εντολών αυτού του νέφους. Εγκαταστήστε το και πείτε του πού είναι το νέφος και ποιοι είστε:
download-kamakirc = Λήψη του .kamakirc
copy-token = Αντιγραφή του διακριτικού
get-client = Αποκτήστε το πρόγραμμα γραμμής εντολών
other-clients = Άλλα προγράμματα
other-clients-help = Όπου ένα πρόγραμμα ζητά όνομα και κωδικό, το όνομα είναι το αναγνωριστικό χρήστη και ο κωδικός το διακριτικό.

## Contact
contact-title = Επικοινωνήστε μαζί μας
contact-intro = Το διαβάζει άνθρωπος και απαντά στο { $email }.
contact-message = Το μήνυμά σας
contact-help = Τι κάνατε, τι περιμένατε, τι έγινε αντί γι’ αυτό;

## Resources
resource-pithos-diskspace = Αποθήκευση αρχείων
resource-cyclades-disk = Δίσκοι μηχανών
resource-cyclades-cpu = Επεξεργαστές
resource-cyclades-ram = Μνήμη
resource-cyclades-vm = Μηχανές
resource-cyclades-network-private = Ιδιωτικά δίκτυα
resource-cyclades-floating-ip = Δημόσιες διευθύνσεις IP

## Files
new-container = Νέος περιέκτης
create-container = Δημιουργία περιέκτη
upload-files = Ανέβασμα αρχείων
upload = Ανέβασμα
folder-empty = Τίποτα ακόμη εδώ
folder-empty-help = Επιλέξτε αρχεία παραπάνω, ή στείλτε τα με εντολή:
make-image = Νέα εικόνα
upload-broken-off = Το ανέβασμα διακόπηκε πριν ολοκληρωθεί. Από το τελευταίο αρχείο δεν κρατήθηκε τίποτα.
upload-nothing = Δεν επιλέχθηκε αρχείο.
delete-container-ask = Να διαγραφεί ο περιέκτης «{ $name }»;
delete-file-ask = Να διαγραφεί το «{ $name }»;
done-container-created = Ο περιέκτης δημιουργήθηκε.
done-container-deleted = Ο περιέκτης διαγράφηκε.
done-file-deleted = Το αρχείο διαγράφηκε.
done-uploaded = Ανέβηκε.

## Images
images-none = Καμία εικόνα ακόμη
images-empty = Μια μηχανή γίνεται από μια εικόνα: έναν δίσκο με ένα σύστημα. Ανεβάστε έναν ως αρχείο και καταχωρίστε τον.
register-image = Καταχώριση εικόνας
register-intro = Εικόνα είναι ένα αρχείο σας από το οποίο γίνονται μηχανές. Το αρχείο μένει εκεί που είναι.
image-file = Αρχείο
image-file-help = Περιέκτης και όνομα, όπως pithos/debian.diskdump
disk-format = Μορφή δίσκου
disk-format-help = diskdump για ολόκληρο δίσκο· extdump ή ntfsdump για σύστημα αρχείων.
system-help = Όπως debian ή ubuntu.
system-family = Οικογένεια συστήματος
system-family-help = linux, freebsd ή windows.
root-partition = Κατάτμηση ρίζας
root-partition-help = Ο αριθμός της κατάτμησης με το σύστημα, συνήθως 1.
public-image = Να τη χρησιμοποιούν όλοι
visibility = Για
registered = Καταχώριση
unregister = Κατάργηση
unregister-ask = Να καταργηθεί η εικόνα «{ $name }»;
unregister-consequence = Το αρχείο μένει. Οι μηχανές που έγιναν από την εικόνα συνεχίζουν να λειτουργούν.
done-image-registered = Η εικόνα καταχωρίστηκε.
done-image-unregistered = Η εικόνα καταργήθηκε.

## Machines
machines-none = Καμία μηχανή ακόμη
machines-empty = Μια μηχανή είναι ένας δικός σας υπολογιστής σε αυτό το νέφος. Διαλέγετε εικόνα και μέγεθος· ένα λεπτό αργότερα λειτουργεί.
create-machine = Δημιουργία μηχανής
new-machine-name = Η μηχανή μου
flavors-empty = Δεν προσφέρονται ακόμη μεγέθη. Ο διαχειριστής πρέπει να προσθέσει.
flavor-title = { $cpus } CPU · { $ram } μνήμη
flavor-text = { $disk } GB δίσκος · { $name }
machine-size = { $cpus } CPU · { $ram } μνήμη · { $disk } GB δίσκος
quota-after = Τι χρησιμοποιείτε τώρα
same-by-command = Το ίδιο με εντολή
image = Εικόνα
machine-id = Αναγνωριστικό μηχανής
no-addresses = Καμία ακόμη
start = Εκκίνηση
shut-down = Τερματισμός
reboot = Επανεκκίνηση
destroy = Καταστροφή
destroy-ask = Να καταστραφεί η «{ $name }»;
destroy-consequence = Η μηχανή και ο δίσκος της αφαιρούνται οριστικά. Αυτό δεν αναιρείται.
type-name = Γράψτε { $name } για επιβεβαίωση
type-name-wrong = Αυτό δεν είναι το όνομα της μηχανής.
machine-password = Ο κωδικός της μηχανής
machine-password-help = Σημειώστε τον τώρα. Όταν τον κλείσετε, δεν μπορεί να τον ξαναδείξει κανείς.
password-noted = Τον σημείωσα
live-lost = Η σύνδεση χάθηκε· οι καταστάσεις μπορεί να είναι παλιές. Νέα προσπάθεια…
line-initializing = Προετοιμασία
line-copying = Αντιγραφή της εικόνας, { $percent } %
line-finishing = Ολοκλήρωση
line-destroying = Αφαίρεση
network-active = Έτοιμο
network-deleted = Αφαιρέθηκε
network-error = Σφάλμα
network-pending = Δημιουργείται
browser-on = { $browser } σε { $system }
browser-other = Άλλο πρόγραμμα
state-active = Σε λειτουργία
state-build = Δημιουργείται
state-deleted = Αφαιρέθηκε
state-destroy = Καταστρέφεται
state-error = Σφάλμα
state-reboot = Επανεκκινεί
state-shutdown = Τερματίζεται
state-start = Εκκινεί
state-stopped = Σταματημένη
done-create = Η μηχανή σας δημιουργείται.
done-destroy = Η μηχανή αφαιρείται.
done-start = Η μηχανή εκκινεί.
done-shutdown = Η μηχανή τερματίζεται.
done-reboot = Η μηχανή επανεκκινεί.
done-password-forgotten = Ο κωδικός δεν φυλάσσεται πια εδώ.

## Networks
networks-none = Κανένα δίκτυο ακόμη
networks-empty = Τα δίκτυα συνδέουν τις μηχανές σας μεταξύ τους και με τον κόσμο.

## Guide
guide-title = Οδηγός διαχειριστή
guide-administrators = Ο οδηγός είναι για διαχειριστές.

## Identity's messages
ACCOUNT_ACTIVATED = Ο λογαριασμός σας είναι ενεργός και έχετε συνδεθεί. Καλώς ήρθατε!
ACCOUNT_ALREADY_ACTIVE = Ο λογαριασμός είναι ήδη ενεργός.
ACCOUNT_ALREADY_MODERATED = Έχει ήδη ληφθεί απόφαση για αυτόν τον λογαριασμό.
ACCOUNT_ALREADY_VERIFIED = Το email αυτού του λογαριασμού έχει ήδη επιβεβαιωθεί.
ACCOUNT_DEACTIVATED = Ο λογαριασμός σας δεν είναι ενεργός.
ACCOUNT_NOT_ACTIVE = Ο λογαριασμός δεν είναι ενεργός.
ACCOUNT_NOT_MODERATED = Δεν έχει ληφθεί ακόμη απόφαση για τον λογαριασμό.
ACCOUNT_NOT_VERIFIED = Η διεύθυνση email του λογαριασμού δεν έχει επιβεβαιωθεί.
ACCOUNT_PENDING_ACTIVATION_HELP = Στείλαμε ένα μήνυμα επιβεβαίωσης στη διεύθυνση που δώσατε στην εγγραφή. Ανοίξτε τον σύνδεσμό του για να συνεχίσετε· δείτε και στα ανεπιθύμητα.
ACCOUNT_REJECTED = Το αίτημα για αυτόν τον λογαριασμό απορρίφθηκε.
ACCOUNT_RESEND_ACTIVATION = Στείλτε ξανά το μήνυμα επιβεβαίωσης
ACCOUNT_UNKNOWN = Δεν υπάρχει τέτοιος λογαριασμός.
ACTIVATION_SENT = Στάλθηκε σύνδεσμος επιβεβαίωσης στη διεύθυνση email σας.
ACTIVE_USER_SET_EMAIL = Το email ενεργού χρήστη δεν ορίζεται απευθείας.
APPLICATION_APPROVED = Η αίτηση εγκρίθηκε.
APPLICATION_CANCELLED = Η αίτηση ακυρώθηκε.
APPLICATION_CANNOT_APPROVE = Η αίτηση %s είναι σε κατάσταση «%s» και δεν μπορεί να εγκριθεί.
APPLICATION_CANNOT_CANCEL = Η αίτηση %s είναι σε κατάσταση «%s» και δεν μπορεί να ακυρωθεί.
APPLICATION_CANNOT_DENY = Η αίτηση %s είναι σε κατάσταση «%s» και δεν μπορεί να απορριφθεί.
APPLICATION_CANNOT_DISMISS = Η αίτηση %s είναι σε κατάσταση «%s» και δεν μπορεί να παραμεριστεί.
APPLICATION_DENIED = Η αίτηση απορρίφθηκε.
APPLICATION_DISMISSED = Η αίτηση παραμερίστηκε.
AUTH_PROVIDER_ACCOUNT_INACTIVE = Ο λογαριασμός σας είναι απενεργοποιημένος.
AUTH_PROVIDER_ADDED = Η μέθοδος { $method_prompt } προστέθηκε στον λογαριασμό σας.
AUTH_PROVIDER_ADD_DISABLED = Η μέθοδος { $method_prompt } δεν μπορεί να χρησιμοποιηθεί με τον λογαριασμό σας.
AUTH_PROVIDER_ADD_EXISTS = Αυτή η ταυτότητα ({ $method_prompt }) ανήκει σε άλλον λογαριασμό.
AUTH_PROVIDER_ADD_FAILED = Η μέθοδος { $method_prompt } δεν μπόρεσε να προστεθεί.
AUTH_PROVIDER_ADD_TO_EXISTING_ACCOUNT = Μπορείτε να προσθέσετε τη μέθοδο { $method_prompt } στον λογαριασμό σας από τη σελίδα του προφίλ.
AUTH_PROVIDER_AUTHENTICATION_FAILED = Η σύνδεση απέτυχε.
AUTH_PROVIDER_CANNOT_CHANGE_PASSWORD = Ο κωδικός αυτού του λογαριασμού δεν αλλάζει από εδώ.
AUTH_PROVIDER_INVALID_LOGIN = Δεν υπάρχει λογαριασμός για αυτή την ταυτότητα.
AUTH_PROVIDER_LOGIN_DISABLED = Η μέθοδος { $method_prompt } δεν διατίθεται για τον λογαριασμό σας. Συνδεθείτε με { $available_methods_links }.
AUTH_PROVIDER_LOGIN_SUCCESS = Συνδεθήκατε.
AUTH_PROVIDER_LOGIN_TO_ADD = Συνδεθείτε στον λογαριασμό σας και η νέα μέθοδος σύνδεσης θα προστεθεί σε αυτόν.
AUTH_PROVIDER_LOGOUT_SUCCESS = Αποσυνδεθήκατε από το { $service_name }.
AUTH_PROVIDER_NOT_ACTIVE = Η μέθοδος «{ $method_prompt }» είναι απενεργοποιημένη.
AUTH_PROVIDER_NOT_ACTIVE_FOR_ADD = Δεν μπορείτε να προσθέσετε τη μέθοδο { $method_prompt }.
AUTH_PROVIDER_NOT_ACTIVE_FOR_CREATE = Δεν μπορείτε να εγγραφείτε με τη μέθοδο { $method_prompt }.
AUTH_PROVIDER_NOT_ACTIVE_FOR_USER = Δεν μπορείτε να συνδεθείτε με τη μέθοδο { $method_prompt }.
AUTH_PROVIDER_PENDING_ACTIVATION = Ο λογαριασμός σας περιμένει την επιβεβαίωση της διεύθυνσης email του.
AUTH_PROVIDER_PENDING_MODERATION = Ο λογαριασμός σας περιμένει έγκριση.
AUTH_PROVIDER_PENDING_REGISTRATION = Υπάρχει ημιτελής εγγραφή του λογαριασμού { $title } { $username } με τη διεύθυνση { $user_email }. Αν συνεχίσετε, διαγράφεται.
AUTH_PROVIDER_PENDING_RESEND_ACTIVATION = Στείλτε ξανά το μήνυμα επιβεβαίωσης
AUTH_PROVIDER_REMOVED = Η μέθοδος { $method_prompt } αφαιρέθηκε από τον λογαριασμό σας.
AUTH_PROVIDER_REQUIRED = Η μέθοδος { $method_prompt } είναι υποχρεωτική· προσθέστε την στη σελίδα του προφίλ σας.
AUTH_PROVIDER_SWITCHED = Η μέθοδος { $method_prompt } άλλαξε στον λογαριασμό σας.
AUTH_PROVIDER_UNUSABLE_PASSWORD = Η μέθοδος { $method_prompt } δεν διατίθεται για τον λογαριασμό σας. Συνδεθείτε με { $available_methods_links }.
BASE_NO_MODIFY_FIELDS = Στα έργα συστήματος δεν αλλάζουν: %s.
BASE_NO_TERMINATE = Το %s είναι έργο συστήματος και δεν τερματίζεται.
BASE_PROJECT_NAME_ERR = Αυτό δεν είναι όνομα έργου συστήματος.
CAPTCHA_VALIDATION_ERR = Το captcha δεν λύθηκε. Δοκιμάστε ξανά.
DISABLED_FOR_CREATE = Το { $service_name } δεν δέχεται προς το παρόν νέους χρήστες με αυτή τη μέθοδο.
DOMAIN_VALUE_ERR = Το όνομα πρέπει να μοιάζει με όνομα τομέα.
EMAIL_CHANGED = Η διεύθυνση email του λογαριασμού σας άλλαξε.
EMAIL_CHANGE_REGISTERED = Η αλλαγή της διεύθυνσης email σας καταχωρίστηκε. Επιβεβαιώστε την με τον σύνδεσμο που στάλθηκε στη νέα διεύθυνση.
EMAIL_RESERVED = Η διεύθυνση %(email)s χρησιμοποιείται.
EMAIL_UNKNOWN = Κανένας λογαριασμός δεν έχει αυτή τη διεύθυνση email.
EMAIL_USED = Υπάρχει λογαριασμός με αυτή τη διεύθυνση email.
FEEDBACK_SENT = Ευχαριστούμε, το μήνυμά σας έρχεται σε εμάς.
GENERIC_ERROR = Κάτι πήγε στραβά. Επικοινωνήστε με την ομάδα υποστήριξης.
INCONSISTENT_PROJECT_DATES = Η λήξη πρέπει να είναι μετά την έναρξη.
INVALID_ACTIVATION_KEY = Αυτό το κλειδί ενεργοποίησης δεν ισχύει ή χρησιμοποιήθηκε ήδη.
INVALID_EMAIL = Αυτή δεν είναι έγκυρη διεύθυνση email.
INVALID_LOGIN_CREDENTIALS = Λάθος email ή κωδικός.
INVALID_PROJECT_END_DATE = Η λήξη είναι στο παρελθόν.
INVALID_PROJECT_START_DATE = Η έναρξη είναι στο παρελθόν.
INVALID_RESET_LINK = Αυτός ο σύνδεσμος για νέο κωδικό δεν ισχύει ή χρησιμοποιήθηκε ήδη.
INVALID_RESOURCE_DATA = Κάποιες τιμές πόρων δεν είναι έγκυρες.
INVITATION_CONSUMED_ERR = Η πρόσκληση χρησιμοποιήθηκε ήδη.
INVITATION_EMAIL_EXISTS = Αυτή η διεύθυνση έχει ήδη προσκληθεί.
INVITATION_SENT = Η πρόσκληση στάλθηκε στο %(email)s.
LOCAL_PROVIDER_ACTIVE = Η τοπική μέθοδος σύνδεσης είναι ήδη ενεργή.
LOGGED_IN_WARNING = Είστε ήδη συνδεδεμένοι.
MAX_INVITATION_NUMBER_REACHED = Δεν σας απομένουν προσκλήσεις.
MEMBERSHIP_ACCEPTED = Ο χρήστης είναι ήδη μέλος.
MEMBERSHIP_ASSOCIATED = Υπάρχει ήδη αίτημα ή συμμετοχή.
MEMBER_JOIN_POLICY_CLOSED = Το έργο δεν δέχεται νέα μέλη.
MEMBER_LEAVE_POLICY_CLOSED = Τα μέλη δεν μπορούν να φύγουν από αυτό το έργο.
MEMBER_NUMBER_LIMIT_REACHED = Το έργο είναι πλήρες.
MISSING_NEXT_PARAMETER = Λείπει η παράμετρος next.
NAME_TOO_LONG = Αυτό είναι πολύ μεγάλο.
NOTIFICATION_SENT = Το email σας επιβεβαιώθηκε. Ο λογαριασμός περιμένει τώρα έγκριση· θα ενημερωθείτε με email.
NOT_ACCEPTED_MEMBERSHIP = Η συμμετοχή δεν έχει γίνει δεκτή.
NOT_ALIVE_PROJECT = Το έργο %s δεν είναι ενεργό.
NOT_ALLOWED = Αυτό δεν επιτρέπεται.
NOT_ALLOWED_NEXT_PARAM = Η τιμή της παραμέτρου next δεν επιτρέπεται.
NOT_INITIALIZED_PROJECT = Το έργο %s δεν έχει αρχικοποιηθεί.
NOT_MEMBERSHIP_REQUEST = Δεν υπάρχει τέτοιο αίτημα συμμετοχής.
NOT_SUSPENDED_PROJECT = Το έργο %s δεν έχει ανασταλεί.
NOT_TERMINATED_PROJECT = Το έργο %s δεν έχει τερματιστεί.
NO_APPLICANT = Η αίτηση δεν έχει αιτούντα.
NO_APPROVAL_TERMS = Δεν υπάρχουν όροι χρήσης.
NO_LOCAL_AUTH = Αυτός ο λογαριασμός δεν έχει κωδικό· χρησιμοποιήστε άλλη μέθοδο σύνδεσής του.
PASSWORDS_DIFFER = Οι δύο κωδικοί διαφέρουν.
PASSWORD_CHANGED = Ο νέος κωδικός ορίστηκε.
PASSWORD_INCORRECT = Ο τωρινός κωδικός σας δεν είναι σωστός.
PASSWORD_LIKE_ACCOUNT = Ο κωδικός πρέπει να διαφέρει από το όνομα και τη διεύθυνση email σας.
PASSWORD_RESET_CONFIRM_DONE = Ο κωδικός σας άλλαξε. Συνδεθείτε με τον νέο.
PASSWORD_RESET_DONE = Αν υπάρχει ο λογαριασμός, οι οδηγίες για νέο κωδικό είναι ήδη στο γραμματοκιβώτιό του.
PASSWORD_TOO_COMMON = Αυτός ο κωδικός μαντεύεται πολύ εύκολα.
PASSWORD_TOO_LONG = Ο κωδικός είναι πολύ μεγάλος.
PASSWORD_TOO_SHORT = Ο κωδικός είναι πολύ μικρός: χρειάζονται τουλάχιστον %s χαρακτήρες.
PENDING_APPLICATION_LIMIT_ADD = Φτάσατε το όριο των %s εκκρεμών αιτήσεων και δεν μπορείτε να φτιάξετε έργο τώρα. Ακυρώστε κάποια που δεν χρειάζεστε.
PENDING_APPLICATION_LIMIT_MODIFY = Φτάσατε το όριο των %s εκκρεμών αιτήσεων και δεν μπορείτε να αλλάξετε έργο τώρα. Ακυρώστε κάποια που δεν χρειάζεστε.
PENDING_EMAIL_CHANGE_REQUEST = Εκκρεμεί ήδη αλλαγή της διεύθυνσης email σας· ένα νέο αίτημα την αντικαθιστά.
PROFILE_UPDATED = Το προφίλ σας αποθηκεύτηκε.
PROJECT_MODIFICATION_SUBMITTED = Η αλλαγή σας ελήφθη και θα εξεταστεί.
PROJECT_SUBMITTED = Η αίτησή σας ελήφθη και θα εξεταστεί.
REACHED_PENDING_APPLICATION_LIMIT = Δεν επιτρέπονται πάνω από %s εκκρεμείς αιτήσεις έργων.
REQUIRED_FIELD = Αυτό το πεδίο πρέπει να συμπληρωθεί.
SHIBBOLETH_MISSING_NAME = Το ίδρυμά σας δεν έστειλε το όνομά σας.
SHIBBOLETH_MISSING_USER_ID = Το ίδρυμά σας δεν έστειλε αναγνωριστικό για εσάς, γι’ αυτό δεν μπορείτε να συνδεθείτε στο %(domain)s με αυτό. Γράψτε στο %(contact_email)s για βοήθεια.
SHIBBOLETH_NOT_FOUND = Ο χρήστης δεν έχει μέθοδο σύνδεσης Shibboleth.
SIGN_TERMS = Πρέπει πρώτα να αποδεχτείτε τους όρους.
SUSPENDED_PROJECT = Το έργο %s έχει ήδη ανασταλεί.
SWITCH_ACCOUNT_FAILURE = Ο λογαριασμός δεν μπόρεσε να αλλάξει.
SWITCH_ACCOUNT_LINK_SENT = Ένας τοπικός λογαριασμός χρησιμοποιεί αυτή τη διεύθυνση. Ένας σύνδεσμος για να προσθέσετε σε αυτόν την ακαδημαϊκή σας ταυτότητα στάλθηκε στο %(email)s.
SWITCH_ACCOUNT_SUCCESS = Η μέθοδος %(provider)s είναι πλέον τρόπος σύνδεσης του λογαριασμού σας.
TOKEN_UPDATED = Το διακριτικό API σας ανανεώθηκε.
TOO_MANY_REQUESTS = Πάρα πολλές προσπάθειες. Περιμένετε λίγο και δοκιμάστε ξανά.
UNINITIALIZED_NO_MODIFY = Το έργο %s δεν έχει αρχικοποιηθεί και δεν αλλάζει.
UNKNOWN_PROJECT_APPLICATION_ID = Δεν υπάρχει αίτηση έργου %s.
UNKNOWN_PROJECT_ID = Δεν υπάρχει έργο %s.
UNKNOWN_USERS = Δεν υπάρχει ενεργός λογαριασμός για: %s
UNKNOWN_USER_ID = Δεν υπάρχει χρήστης %s.
USER_JOINED_PROJECT = Είστε πλέον μέλος του έργου.
USER_JOIN_REQUEST_SUBMITTED = Το αίτημα συμμετοχής σας στάλθηκε στον υπεύθυνο του έργου.
USER_LEAVE_REQUEST_SUBMITTED = Το αίτημα αποχώρησής σας στάλθηκε στον υπεύθυνο του έργου.
USER_LEFT_PROJECT = Φύγατε από το έργο.
USER_MEMBERSHIP_ACCEPTED = Ο χρήστης %s είναι πλέον μέλος.
USER_MEMBERSHIP_REJECTED = Το αίτημα του χρήστη %s απορρίφθηκε.
USER_MEMBERSHIP_REMOVED = Ο χρήστης %s δεν είναι πια μέλος.
USER_REQUEST_CANCELLED = Το αίτημα συμμετοχής σας αποσύρθηκε.
VERIFICATION_FAILED = Η διεύθυνση email δεν μπόρεσε να επιβεβαιωθεί.
VERIFICATION_SENT = Η εγγραφή σας ελήφθη. Ανοίξτε τον σύνδεσμο στο μήνυμα επιβεβαίωσης που στείλαμε στη διεύθυνσή σας για να συνεχίσετε.
